package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.Role;
import io.ec2quarantine.testing.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sts.StsClient;

class AssumedRoleTest {
    private static final InstantSource TIME = InstantSource.fixed(Instant.parse("2026-11-24T00:00:00Z"));

    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private final AssumedRole role = new AssumedRole(
            new Role("arn:aws:iam::444455556666:role/ec2-quarantine-responder", Optional.empty()),
            new AwsCalls(
                    new AccountRegion("444455556666", "us-west-2"),
                    new RequestBudget(TIME),
                    Priority.URGENT,
                    new WriteLedger(WriteHooks.NONE),
                    new SimpleMeterRegistry(),
                    Optional.empty(),
                    () -> false),
            this::refuse,
            TIME);

    @Test
    void whoWaitsForAnothersAttemptTakesItsRefusal() throws Exception {
        FutureTask<Result<AssumedRole>> first = new FutureTask<>(role::open);
        FutureTask<Result<AssumedRole>> second = new FutureTask<>(role::open);
        Thread.ofPlatform().daemon().start(first);
        asked.await();
        Thread waiting = Thread.ofPlatform().daemon().start(second);
        Eventually.holds(
                "the second to wait for the first",
                () -> waiting.getState() == Thread.State.WAITING,
                () -> {},
                () -> waiting.getState().toString());

        answered.countDown();

        assertThat(first.get()).isInstanceOf(Result.Failed.class).isEqualTo(second.get());
        assertThat(attempts).hasValue(1);
    }

    @Test
    void whoComesAfterARefusalAsksAnew() {
        answered.countDown();

        role.open();
        role.open();

        assertThat(attempts).hasValue(2);
    }

    private StsClient refuse() {
        attempts.incrementAndGet();
        asked.countDown();
        try {
            answered.await();
        } catch (InterruptedException exception) {
            throw new IllegalStateException(exception);
        }
        throw SdkClientException.create("no answer");
    }
}
