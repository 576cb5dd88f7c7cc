package io.ec2quarantine.core.evidence;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What hangs on an instance beside its interfaces; what could not be read is not known, and not absent.
 *
 * @param publicIps the public addresses, as the instance itself was seen with them
 * @param node the node of this cluster that the instance is
 */
public record Surroundings(
        Result<Optional<ScalingMembership>> scaling,
        Result<List<TargetRegistration>> targets,
        List<String> publicIps,
        Result<Optional<String>> node) {
    public Surroundings {
        publicIps = List.copyOf(publicIps);
    }

    /** What could not be read. */
    public List<CallFailure> failures() {
        return Stream.of(failure(scaling), failure(targets), failure(node))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<CallFailure> failure(Result<?> result) {
        return result instanceof Result.Failed<?>(CallFailure failure) ? Optional.of(failure) : Optional.empty();
    }
}
