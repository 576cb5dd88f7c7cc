package io.ec2quarantine.core.preflight;

import java.util.Optional;
import java.util.function.Function;

/**
 * An action that a feature needs.
 *
 * @param action as IAM names it
 * @param trial how it is tried; empty where AWS has no dry run for it, or none is made
 */
public record Need(Feature feature, Part part, String action, Optional<Function<Samples, Optional<DryRun>>> trial) {
    static Need tried(Feature feature, Part part, String action, Function<Samples, Optional<DryRun>> trial) {
        return new Need(feature, part, action, Optional.of(trial));
    }

    static Need firstUse(Feature feature, Part part, String action) {
        return new Need(feature, part, action, Optional.empty());
    }
}
