package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.HoldReason;
import io.ec2quarantine.core.policy.Hold;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What holds an isolation back, as a quarantine's spec keeps it. */
public final class Holds {
    private static final int LONGEST = 1024;

    private Holds() {}

    /** What the spec says; a reason that this version does not know is for a person to judge, and is none here. */
    public static Optional<Hold> of(QuarantinedInstanceSpec spec) {
        return Optional.ofNullable(spec.hold())
                .flatMap(hold -> Optional.ofNullable(hold.reason())
                        .map(reason -> new Hold(
                                Hold.Reason.valueOf(reason.name()),
                                Optional.ofNullable(hold.message()).orElse(""))));
    }

    /** As the spec keeps it; null where nothing is held back. */
    public static QuarantinedInstanceSpec.@Nullable Hold written(Optional<Hold> hold) {
        return hold.map(each -> new QuarantinedInstanceSpec.Hold(
                        HoldReason.valueOf(each.reason().name()), bounded(each.sentence())))
                .orElse(null);
    }

    private static String bounded(String sentence) {
        return sentence.length() <= LONGEST ? sentence : sentence.substring(0, LONGEST - 1) + "…";
    }
}
