package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;

/** What is counted, and what is said where nobody answers. */
class AwsCallsTest {
    private static final Call SNAPSHOTS = new Call("ec2:CreateSnapshots", "i-1", RateBucket.EC2_SNAPSHOT);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aDryRunIsNoCallAndItsAnswerIsCounted() {
        AwsCalls calls = calls("us-west-2");

        assertThat(calls.dryRun(SNAPSHOTS, answering("DryRunOperation", 412))).isEqualTo(Result.ok(true));
        assertThat(calls.dryRun(SNAPSHOTS, answering("UnauthorizedOperation", 403)))
                .isEqualTo(Result.ok(false));
        assertThat(calls.dryRun(SNAPSHOTS, answering("RequestLimitExceeded", 503)))
                .isInstanceOf(Result.Failed.class);

        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsOnly("ec2quarantine.aws.dry.runs");
        assertThat(meters.getMeters())
                .extracting(Meter::getId)
                .allMatch(id -> "ec2:CreateSnapshots".equals(id.getTag("call")))
                .extracting(id -> id.getTag("outcome"))
                .containsExactlyInAnyOrder("Allowed", "Denied", "Throttled");
    }

    @Test
    void aCallIsCountedOnceWithWhatBecameOfIt() {
        AwsCalls calls = calls("us-west-2");

        calls.write(SNAPSHOTS, () -> "done");
        calls.read(SNAPSHOTS, answering("UnauthorizedOperation", 403));

        assertThat(meters.get("ec2quarantine.aws.calls").counters())
                .allMatch(counter -> counter.count() == 1)
                .extracting(counter -> counter.getId().getTag("outcome"))
                .containsExactlyInAnyOrder("Ok", "Denied");
    }

    @Test
    void whereNobodyAnswersARegionThatIsNotKnownIsDoubtedAndCalledAllTheSame() {
        assertThat(detail(calls("us-wets-2").read(SNAPSHOTS, AwsCallsTest::unanswered)))
                .isEqualTo("us-wets-2 is no Region that this version knows; did you mean us-west-2? no such host");
        assertThat(detail(calls("us-west-2").read(SNAPSHOTS, AwsCallsTest::unanswered)))
                .isEqualTo("no such host");
        assertThat(calls("xx-new-1").read(SNAPSHOTS, () -> "answered")).isEqualTo(Result.ok("answered"));
        assertThat(detail(calls("xx-new-1").read(SNAPSHOTS, answering("InternalError", 500))))
                .doesNotContain("no Region");
    }

    private static String detail(Result<?> result) {
        return result instanceof Result.Failed<?> failed ? failed.failure().detail() : "";
    }

    private static Supplier<String> answering(String code, int status) {
        return () -> {
            throw Ec2Exception.builder()
                    .statusCode(status)
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode(code)
                            .errorMessage("a message")
                            .build())
                    .build();
        };
    }

    private static String unanswered() {
        throw SdkClientException.create("no such host");
    }

    private AwsCalls calls(String region) {
        InstantSource time = InstantSource.fixed(Instant.parse("2026-11-24T09:00:00Z"));
        return new AwsCalls(
                new AccountRegion("111122223333", region),
                new RequestBudget(time),
                Priority.URGENT,
                new WriteLedger(WriteHooks.NONE),
                meters,
                Optional.empty(),
                () -> false);
    }
}
