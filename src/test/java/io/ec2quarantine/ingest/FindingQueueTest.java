package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a queue is. */
class FindingQueueTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            host                                                  | Regions of the source | where the queue is
            https://sqs.eu-west-1.amazonaws.com                   | us-west-2             | eu-west-1
            https://eu-west-1.queue.amazonaws.com                 | us-west-2             | eu-west-1
            https://sqs-fips.us-east-2.amazonaws.com              | us-west-2             | us-east-2
            https://sqs.us-east-2.api.aws                         | us-west-2             | us-east-2
            https://sqs.cn-north-1.amazonaws.com.cn               | cn-northwest-1        | cn-north-1
            https://sqs.us-gov-west-1.amazonaws.com               | us-gov-east-1         | us-gov-west-1
            https://vpce-0a1b-c2d3.sqs.us-west-1.vpce.amazonaws.com | us-west-2           | us-west-1
            https://sqs.eu-west-1.amazonaws.com                   | *                     | eu-west-1
            http://localhost:4566                                 | us-west-2             | us-west-2
            http://127.0.0.1:4566                                 | us-west-2             | us-west-2
            http://localhost:4566                                 | *                     |
            """)
    void theHostTellsTheRegionOrElseTheSource(String host, String region, @Nullable String where) {
        Source source = new Source("org", List.of(region), null, null, host + "/111122223333/findings");

        assertThat(FindingQueue.of(source))
                .hasValueSatisfying(
                        queue -> assertThat(queue.region().orElse(null)).isEqualTo(where));
    }

    @Test
    void aSourceWithoutAQueueHasNone() {
        assertThat(FindingQueue.of(new Source("org", List.of("us-west-2"), null, null, null)))
                .isEmpty();
    }
}
