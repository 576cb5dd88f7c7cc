package io.ec2quarantine.controller;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Makes the client through which everything of this operator speaks to the API server. */
public final class KubernetesClients {
    private KubernetesClients() {}

    /** A client whose mapper reads objects of other versions tolerantly. */
    public static KubernetesClient create(Config config) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withKubernetesSerialization(serialization(new ObjectMapper()))
                .build();
    }

    /**
     * Sets the given mapper up as the client's.
     *
     * <p>One object that cannot be decoded stops its informer for good, and with it every other object of the kind. So a
     * field that this version does not know is dropped, and an enum value that it does not know becomes null.
     */
    public static KubernetesSerialization serialization(ObjectMapper mapper) {
        mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        mapper.enable(DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL);
        KubernetesSerialization serialization = new KubernetesSerialization(mapper, true);
        // Only now, because the constructor sets an inclusion of its own. An absent list reads as an empty one, and
        // JSON
        // Patch could not write one, so none is ever written.
        mapper.setDefaultPropertyInclusion(
                JsonInclude.Value.construct(JsonInclude.Include.NON_EMPTY, JsonInclude.Include.ALWAYS));
        return serialization;
    }
}
