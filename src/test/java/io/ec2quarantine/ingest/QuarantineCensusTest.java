package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.core.finding.Severity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuarantineCensusTest {
    private static final String NEWCOMER = "i-00000009";

    private final List<QuarantinedInstance> objects = new ArrayList<>();
    private final Catalog<QuarantinedInstance> catalog = new Catalog<>();
    private final QuarantineCensus census = new QuarantineCensus(catalog);

    QuarantineCensusTest() {
        catalog.attach(objects::stream, _ -> Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # policy,           state,    reason,                        severity,   newcomer's,      comes before
            workshop,           Observed, MaxActive,                     High,       High,            true
            workshop,           Observed, MaxPerHour,                    High,       High,            true
            workshop,           Observed, MaxActive,                     High,       Medium,          true
            workshop,           Observed, MaxActive,                     High,       Critical,        false
            other,              Observed, MaxActive,                     High,       High,            false
            workshop,           Isolated, MaxActive,                     High,       High,            false
            workshop,           Observed, MaxAutoScalingGroupPercent,    High,       High,            false
            workshop,           Observed, Unreadable,                    High,       High,            false
            workshop,           Observed, ProtectedTag,                  High,       High,            false
            """)
    void whatWaitsForThePolicysRoomComesBeforeWhatIsNoMoreSevere(
            String policy, String state, String reason, String severity, String newcomers, boolean before) {
        held("i-00000001", policy, state, reason, severity);

        assertThat(census.ahead(
                                "workshop",
                                NEWCOMER,
                                Severity.labelled(newcomers).orElseThrow())
                        .isPresent())
                .isEqualTo(before);
    }

    @Test
    void noInstanceComesBeforeItself() {
        held(NEWCOMER, "workshop", "Observed", "MaxActive", "High");

        assertThat(census.ahead("workshop", NEWCOMER, Severity.HIGH)).isEmpty();
    }

    @Test
    void whatWaitsIsListedMostSevereFirstThenOldestFirst() {
        held("i-00000001", "workshop", "Observed", "MaxActive", "Medium");
        held("i-00000002", "workshop", "Observed", "MaxActive", "Critical");
        held("i-00000003", "workshop", "Observed", "MaxActive", "High");
        held("i-00000004", "workshop", "Observed", "MaxActive", "High");
        objects.get(2).getMetadata().setCreationTimestamp("2026-11-24T00:00:02Z");
        objects.get(3).getMetadata().setCreationTimestamp("2026-11-24T00:00:01Z");

        assertThat(census.deferredOf("workshop"))
                .extracting(deferred -> deferred.spec().instanceID())
                .containsExactly("i-00000002", "i-00000004", "i-00000003", "i-00000001");
    }

    private void held(String instance, String policy, String state, String reason, String severity) {
        objects.add(new KubernetesSerialization()
                .unmarshal("""
                {"apiVersion": "ec2quarantine.io/v1alpha1", "kind": "QuarantinedInstance",
                 "metadata": {"name": "%1$s", "creationTimestamp": "2026-11-24T00:00:00Z"},
                 "spec": {"instanceID": "%1$s", "region": "us-west-2", "accountID": "111122223333",
                          "desiredState": "%3$s", "policyRef": {"name": "%2$s"},
                          "hold": {"reason": "%4$s", "message": "There is no room."}},
                 "status": {"findings": [{"id": "f", "severity": "%5$s"}]}}
                """.formatted(instance, policy, state, reason, severity), QuarantinedInstance.class));
    }
}
