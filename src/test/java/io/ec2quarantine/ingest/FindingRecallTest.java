package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.FindingRef;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.RoleAllowlist;
import io.ec2quarantine.runtime.SystemScheduler;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What GuardDuty is asked again, and what is no answer of it. */
class FindingRecallTest {
    @Test
    void regionsThatAreNotKnownYetAreNoAbsenceOfFindings() {
        try (SystemScheduler time = new SystemScheduler();
                AwsSessions sessions = new AwsSessions(
                        time,
                        new WriteLedger(WriteHooks.NONE),
                        new CompositeMeterRegistry(),
                        RoleAllowlist.of(List.of()))) {
            Source everyRegion = new Source("org", List.of("*"), null, null, null);
            assertThat(new FindingRecall(sessions, new SourceBook())
                            .read(List.of(everyRegion), List.of(new FindingRef("f".repeat(32), "org", "us-west-2"))))
                    .as("right after a start the Regions are not known: that is no word of GuardDuty")
                    .isInstanceOf(Result.Failed.class);
        }
    }
}
