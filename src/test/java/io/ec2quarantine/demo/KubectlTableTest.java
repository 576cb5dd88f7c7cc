package io.ec2quarantine.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubectlTableTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:10:00Z");
    private static final JsonNode ISOLATED = yaml("""
            metadata: {name: i-0123456789abcdef0, creationTimestamp: "2026-11-24T09:04:30Z"}
            spec: {desiredState: Isolated}
            status:
              instance: {name: web}
              conditions:
              - {type: Verified, status: "Unknown"}
              - {type: Isolated, status: "True"}
              - {type: Ready, status: "False", reason: Stale}
              verification: {lastVerifiedTime: "2026-11-24T09:09:18.250Z"}
              findings:
              - {type: "Backdoor:EC2/C&CActivity.B", severity: High}
              - {type: "Recon:EC2/Portscan", severity: Low}
            """);
    private static final JsonNode NEW = yaml("""
            metadata: {name: i-0fedcba9, creationTimestamp: "2026-11-24T09:09:59Z"}
            spec: {desiredState: Observed}
            """);

    private final KubectlTable table = KubectlTable.of(Cluster.QUARANTINES);

    @Test
    void aQuarantineIsARowOfTheSchemasColumns() {
        assertThat(table.lines(List.of(ISOLATED, NEW), NOW))
                .containsExactly(
                        "NAME                  DESIRED    ISOLATED   VERIFIED   REASON   LAST VERIFIED   "
                                + "FINDING                      AGE",
                        "i-0123456789abcdef0   Isolated   True       Unknown    Stale    41s             "
                                + "Backdoor:EC2/C&CActivity.B   5m30s",
                        "i-0fedcba9            Observed                                                  "
                                + "                             1s");
    }

    @Test
    void aPolicyThatIsWatchingWithARightMissingShowsThatAtTheFirstLook() {
        JsonNode policy = yaml("""
                metadata: {name: organisation, creationTimestamp: "2026-11-24T09:04:30Z"}
                spec: {mode: Enforce}
                status:
                  matchedFindings: 3
                  activeQuarantines: 2
                  deferred: 0
                  conditions:
                  - {type: Ready, status: "True", reason: Watching}
                  - {type: SourcesReachable, status: "True", reason: Polled}
                  - {type: PermissionsSufficient, status: "False", reason: MissingPermissions}
                """);

        assertThat(KubectlTable.of(Cluster.POLICIES).lines(List.of(policy), NOW))
                .containsExactly(
                        "NAME           MODE      READY   SOURCES   PERMISSIONS   MATCHED   ACTIVE   DEFERRED   AGE",
                        "organisation   Enforce   True    True      False         3         2        0          5m30s");
    }

    @Test
    void columnsThatAreTooManyGoBelow() {
        assertThat(table.folded(List.of(ISOLATED), NOW, 80))
                .containsExactly(
                        "NAME                  DESIRED    ISOLATED   VERIFIED   REASON   LAST VERIFIED",
                        "i-0123456789abcdef0   Isolated   True       Unknown    Stale    41s",
                        "FINDING                      AGE",
                        "Backdoor:EC2/C&CActivity.B   5m30s");
    }

    @ParameterizedTest
    @CsvSource({
        "-5, <invalid>",
        "-1.2, 0s",
        "0, 0s",
        "119, 119s",
        "120, 2m",
        "125, 2m5s",
        "600, 10m",
        "10799, 179m",
        "10800, 3h",
        "11160, 3h6m",
        "28800, 8h",
        "172799, 47h",
        "172800, 2d",
        "180000, 2d2h",
        "691200, 8d",
        "63072000, 2y",
        "63158400, 2y1d",
        "252288000, 8y"
    })
    void agesAreKubectls(double seconds, String shown) {
        assertThat(KubectlTable.age(Duration.ofMillis((long) (seconds * 1000)))).isEqualTo(shown);
    }

    @Test
    void aDateThatIsNoneIsSaidToBeInvalid() {
        JsonNode object = yaml("metadata: {name: i-0fedcba9, creationTimestamp: yesterday}");

        assertThat(table.lines(List.of(object), NOW).getLast()).endsWith("<invalid>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "status", ".status[*].name", ".a[?(@.b==1)]", ".a..b"})
    void aPathOfAKindThatItDoesNotKnowIsRefused(String path) {
        assertThatThrownBy(() -> ColumnPath.parse(path)).hasMessageContaining("is no JSONPath");
    }

    private static JsonNode yaml(String text) {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(text);
        } catch (JsonProcessingException notYaml) {
            throw new AssertionError(notYaml);
        }
    }
}
