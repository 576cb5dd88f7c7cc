package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.Isolation;
import io.ec2quarantine.api.v1alpha1.Response.Preserve;
import io.ec2quarantine.api.v1alpha1.Response.TerminationProtection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Spells responses out in full, so that later defaults of the schema never change an open episode. */
public final class Responses {
    private static final String DEFAULT_GROUP_NAME = "ec2quarantine-isolation";

    private Responses() {}

    /** The response of a policy, or the defaults where there is no policy. */
    public static Response of(Optional<IsolationPolicy> policy) {
        Optional<Response> written =
                policy.map(IsolationPolicy::getSpec).flatMap(spec -> Optional.ofNullable(spec.response()));
        return new Response(
                new Isolation(groupName(written.orElse(null))),
                new Preserve(terminationProtection(written.orElse(null))));
    }

    /** The name of the isolation groups that a response asks for. */
    public static String groupName(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::isolation)
                .map(Isolation::securityGroupName)
                .orElse(DEFAULT_GROUP_NAME);
    }

    /** Whether a response asks for termination protection. */
    public static TerminationProtection terminationProtection(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::preserve)
                .map(Preserve::terminationProtection)
                .orElse(TerminationProtection.ENABLE);
    }
}
