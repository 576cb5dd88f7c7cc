package io.ec2quarantine.controller;

import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.TARGET;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.gone;
import static io.ec2quarantine.core.isolation.Seen.ours;
import static io.ec2quarantine.core.isolation.Seen.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.isolation.Difference;
import io.ec2quarantine.core.isolation.Expectation;
import io.ec2quarantine.core.isolation.Observation;
import io.ec2quarantine.core.isolation.Verification;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExecutionTest {
    private static final String VPC = "vpc-1";
    private static final String GROUP = "sg-iso";
    private static final Expectation EXPECTED = new Expectation(Map.of(VPC, GROUP), TARGET, Set.of());

    @Test
    void aReadThatFindsAllAsDesiredVerifies() {
        assertThat(execution(Set.of()).verification(isolated(0), EXPECTED)).isEqualTo(new Verification.Verified(READ));
    }

    @Test
    void aReadThatDoesNotShowTheRulesThatCouldNotBeTakenAwayVerifiesNothing() {
        Verification verification = execution(Set.of(GROUP)).verification(isolated(0), EXPECTED);

        assertThat(verification)
                .isEqualTo(new Verification.Drifted(READ, List.of(new Difference.GroupNotEmptied(GROUP))));
        assertThat(new Difference.GroupNotEmptied(GROUP).sentence())
                .isEqualTo("the rules of the isolation group sg-iso could not be taken away yet");
        assertThat(new Difference.GroupNotEmptied(GROUP).interfaceConcerned()).isEmpty();
    }

    @Test
    void aReadThatShowsTheRulesSpeaksForItself() {
        assertThat(execution(Set.of(GROUP)).verification(isolated(2), EXPECTED))
                .isEqualTo(new Verification.Drifted(READ, List.of(new Difference.GroupHasRules(GROUP, 2))));
    }

    @Test
    void whatIsNoReadStaysUnknown() {
        assertThat(execution(Set.of(GROUP)).verification(gone(), EXPECTED)).isInstanceOf(Verification.Unknown.class);
    }

    private static Execution execution(Set<String> notEmptied) {
        return new Execution(Map.of(VPC, GROUP), notEmptied, List.of(), List.of());
    }

    private static Observation.Present isolated(int rules) {
        return present(List.of(eni("eni-0", 0, VPC, GROUP)), ours(GROUP, VPC, rules));
    }
}
