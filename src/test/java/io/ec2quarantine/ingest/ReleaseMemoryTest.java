package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReleaseMemoryTest {
    /** Times are minutes after nine; the release is what the status tells of its episode. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            what                                               | state    | annotated | before | release | remembered
            nothing was released                               | Observed |           |        |         |
            the operator opened the episode                    | Isolated | 10        |        |         | 10
            a person did, and the status tells                 | Observed |           | 20     |         | 20
            a person did, and the status tells not yet         | Observed |           |        | 30      | 30
            another release than the operator knew of          | Observed | 10        | 20     | 30      | 30
            this very episode is being released                | Released | 10        |        | 30      | 10
            what people have made unreadable says nothing      | Observed | x         | 20     |         | 20
            """)
    void theLastReleaseBeforeThePresentEpisodeIsRemembered(
            String what, String state, String annotated, String before, String release, String remembered) {
        String annotation = annotated == null ? "" : "\"ec2quarantine.io/released-before\": " + time(annotated);
        String episode = "\"number\": 1"
                + (before == null ? "" : ", \"releasedBeforeTime\": " + time(before))
                + (release == null ? "" : ", \"releasedTime\": " + time(release));
        QuarantinedInstance object = new KubernetesSerialization()
                .unmarshal("""
                        {"apiVersion": "ec2quarantine.io/v1alpha1", "kind": "QuarantinedInstance",
                         "metadata": {"name": "i-00000001", "annotations": {%s}},
                         "spec": {"instanceID": "i-00000001", "region": "us-west-2", "desiredState": "%s"},
                         "status": {"episode": {%s}}}
                        """.formatted(annotation, state, episode), QuarantinedInstance.class);

        assertThat(ReleaseMemory.releasedBefore(object))
                .as(what)
                .isEqualTo(Optional.ofNullable(remembered)
                        .map(minutes -> Instant.parse("2026-11-24T09:" + minutes + ":00Z")));
    }

    private static String time(String minutes) {
        return "\"2026-11-24T09:" + minutes + ":00Z\"";
    }
}
