package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import java.time.Instant;
import java.util.List;

/** A sentence more in what Ready says of a quarantine, whatever it says. */
public final class ReadyRemark {
    private ReadyRemark() {}

    /** The status with the sentence. */
    public static QuarantinedInstanceStatus in(
            QuarantinedInstanceStatus status, String sentence, long generation, Instant now) {
        return Claim.standing(status.conditions(), ConditionType.READY)
                .filter(ready -> !ready.message().endsWith(sentence))
                .map(ready -> new Claim(ready.type(), ready.status(), ready.reason(), ready.message() + " " + sentence))
                .map(ready -> new StatusBuilder(status)
                        .conditions(Conditions.upsert(status.conditions(), List.of(ready), generation, now))
                        .build())
                .orElse(status);
    }
}
