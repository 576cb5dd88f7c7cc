package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.ExistingGroup;
import io.ec2quarantine.api.v1alpha1.Response.Isolation;
import io.ec2quarantine.api.v1alpha1.Response.OnDelete;
import io.ec2quarantine.api.v1alpha1.Response.Preserve;
import io.ec2quarantine.api.v1alpha1.Response.Release;
import io.ec2quarantine.api.v1alpha1.Response.TerminationProtection;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.isolation.IsolationTarget;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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
                access(written.orElse(null)).equals(Access.OWN)
                        ? null
                        : written.map(Response::access).orElse(null),
                new Isolation(groupName(written.orElse(null)), existingGroups(written.orElse(null))),
                new Preserve(terminationProtection(written.orElse(null))),
                new Release(onDelete(written.orElse(null))));
    }

    /** How to act in the account of an instance with this response. */
    public static Access access(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::access)
                .map(written -> new Access(
                        Optional.ofNullable(written.responderRoleName()),
                        Optional.ofNullable(written.releaseRoleName()),
                        Optional.ofNullable(written.externalID())))
                .orElse(Access.OWN);
    }

    /** What a quarantine with this response aims at. */
    public static IsolationTarget target(String installId, @Nullable Response response) {
        return new IsolationTarget(
                installId,
                groupName(response),
                existingGroups(response).stream()
                        .collect(Collectors.toMap(ExistingGroup::vpcID, ExistingGroup::groupID, (first, _) -> first)));
    }

    /** The name of the isolation groups that a response asks for. */
    public static String groupName(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::isolation)
                .map(Isolation::securityGroupName)
                .orElse(DEFAULT_GROUP_NAME);
    }

    /** The groups that a response names to be used instead of made ones. */
    public static List<ExistingGroup> existingGroups(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::isolation)
                .map(Isolation::existingGroups)
                .orElseGet(List::of);
    }

    /** What a response says of deleting the quarantine; what is not understood restores nothing. */
    public static OnDelete onDelete(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::release)
                .map(Release::onDelete)
                .orElse(OnDelete.LEAVE);
    }

    /** Whether a response asks for termination protection. */
    public static TerminationProtection terminationProtection(@Nullable Response response) {
        return Optional.ofNullable(response)
                .map(Response::preserve)
                .map(Preserve::terminationProtection)
                .orElse(TerminationProtection.ENABLE);
    }
}
