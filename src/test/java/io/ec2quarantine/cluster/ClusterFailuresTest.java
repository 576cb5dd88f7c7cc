package io.ec2quarantine.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterFailuresTest {
    @ParameterizedTest
    @CsvSource({
        "409, '', true",
        "422, '', true",
        "422, spec.region: must be a Region, false",
        "403, '', false",
        "500, '', false"
    })
    void aPatchOfWhatIsThereNoMoreIsOvertakenAndOneThatBreaksARuleIsNot(int code, String cause, boolean overtaken) {
        StatusBuilder status = new StatusBuilder().withCode(code).withMessage("no");
        Status answer = cause.isEmpty()
                ? status.build()
                : status.withNewDetails()
                        .addNewCause("spec", cause, "FieldValueInvalid")
                        .endDetails()
                        .build();

        assertThat(ClusterFailures.isOvertaken(new KubernetesClientException(answer)))
                .isEqualTo(overtaken);
    }

    @Test
    void isToldAsTheServerSaysItOrByWhatLiesBeneath() {
        assertThat(ClusterFailures.detail(new KubernetesClientException(
                        "Failure executing: PATCH at: https://…",
                        422,
                        new StatusBuilder()
                                .withMessage("the server rejected our request")
                                .build())))
                .isEqualTo("the server rejected our request");
        assertThat(ClusterFailures.detail(new KubernetesClientException("failed", new IOException("reset"))))
                .isEqualTo("IOException: reset");
    }
}
