package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResultEntry;

/** What a queue is asked for, where SQS itself is particular. */
class QueueGatewayTest {
    private static final InstantSource TIME = InstantSource.fixed(Instant.parse("2026-11-24T09:00:00Z"));

    private final Deletions sqs = new Deletions();
    private final QueueGateway queue = new QueueGateway(
            () -> Result.ok(new QueueGateway.Open(
                    sqs,
                    new AwsCalls(
                            new AccountRegion("111122223333", "us-west-2"),
                            new RequestBudget(TIME),
                            Priority.URGENT,
                            new WriteLedger(WriteHooks.NONE),
                            new SimpleMeterRegistry(),
                            Optional.empty(),
                            () -> false))),
            "https://sqs.us-west-2.amazonaws.com/111122223333/findings");

    @Test
    void aMessageThatCameTwiceIsDeletedOnceByItsLaterReceipt() {
        Result<Integer> deleted =
                queue.delete(List.of(message("m-1", "first"), message("m-2", "other"), message("m-1", "second")));

        assertThat(deleted).isEqualTo(Result.ok(2));
        assertThat(sqs.entries)
                .extracting(DeleteMessageBatchRequestEntry::id, DeleteMessageBatchRequestEntry::receiptHandle)
                .containsExactlyInAnyOrder(tuple("m-1", "second"), tuple("m-2", "other"));
    }

    private static QueueMessage message(String id, String receipt) {
        return new QueueMessage(id, receipt, "{}", 1);
    }

    /** Takes every deletion, and remembers it. */
    private static final class Deletions implements SqsClient {
        private final List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>();

        @Override
        public DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
            entries.addAll(request.entries());
            return DeleteMessageBatchResponse.builder()
                    .successful(request.entries().stream()
                            .map(entry -> DeleteMessageBatchResultEntry.builder()
                                    .id(entry.id())
                                    .build())
                            .toList())
                    .build();
        }

        @Override
        public String serviceName() {
            return "sqs";
        }

        @Override
        public void close() {}
    }
}
