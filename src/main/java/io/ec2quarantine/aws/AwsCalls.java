package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteLedger;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** The one way to AWS: spends the budget, numbers and logs the writes, and names the failures. */
final class AwsCalls {
    private static final Logger LOG = LoggerFactory.getLogger("io.ec2quarantine.aws");

    private final AccountRegion where;
    private final RequestBudget budget;
    private final Priority priority;
    private final WriteLedger ledger;
    private final MeterRegistry meters;
    private final Optional<AssumedRole> identity;
    private final BooleanSupplier closed;

    /**
     * @param identity the role that the calls are made with; empty for the operator's own identity
     * @param closed whether the operator stops, which ends the calls that wait for an answer
     */
    AwsCalls(
            AccountRegion where,
            RequestBudget budget,
            Priority priority,
            WriteLedger ledger,
            MeterRegistry meters,
            Optional<AssumedRole> identity,
            BooleanSupplier closed) {
        this.where = where;
        this.budget = budget;
        this.priority = priority;
        this.ledger = ledger;
        this.meters = meters;
        this.identity = identity;
        this.closed = closed;
    }

    boolean hasToSpare(RateBucket kind) {
        return budget.hasToSpare(kind);
    }

    <T> Result<T> read(Call call, Supplier<T> request) {
        return told(call, counted(call, attempt(call, request)));
    }

    private <T> Result<T> told(Call call, Result<T> result) {
        if (result instanceof Result.Failed<T>(CallFailure failure)) {
            LOG.atLevel(closed.getAsBoolean() ? Level.DEBUG : Level.WARN)
                    .addKeyValue("call", call.action())
                    .addKeyValue("target", call.target())
                    .addKeyValue("where", where)
                    .addKeyValue("role", role())
                    .log("read failed: {}", failure.sentence());
        }
        return result;
    }

    /** Whether the call would have been allowed; for requests with DryRun alone, which EC2 answers by errors. */
    Result<Boolean> dryRun(Call call, Supplier<?> request) {
        Result<Boolean> result = attempt(call, () -> {
            try {
                var _ = request.get();
                throw new IllegalStateException(call.action() + " was carried out instead of being tried");
            } catch (AwsServiceException answer) {
                return Failures.allowsADryRun(answer).orElseThrow(() -> answer);
            }
        });
        String outcome = switch (result) {
            case Result.Ok<Boolean>(Boolean allowed) -> allowed ? "Allowed" : "Denied";
            case Result.Failed<Boolean>(CallFailure failure) -> failure.reason();
        };
        // Apart from the calls: nothing was done.
        meters.counter("ec2quarantine.aws.dry.runs", "call", call.action(), "outcome", outcome)
                .increment();
        return told(call, result);
    }

    <T> Result<T> write(Call call, Supplier<T> request) {
        Result<T> result = ledger.write(call.action(), call.target(), () -> counted(call, attempt(call, request)));
        String outcome = switch (result) {
            case Result.Ok<T> _ -> "done";
            case Result.Failed<T>(CallFailure failure) -> failure.sentence();
        };
        boolean done = result instanceof Result.Ok<T>;
        LOG.atLevel(done || isNoNews(result) || isToldByWhoeverSends(call) ? Level.INFO : Level.WARN)
                .addKeyValue("call", call.action())
                .addKeyValue("target", call.target())
                .addKeyValue("where", where)
                .addKeyValue("role", role())
                .addKeyValue("outcome", outcome)
                .log(
                        "{} AWS: {} {}: {}",
                        done ? "wrote to" : "could not write to",
                        call.action(),
                        call.target(),
                        outcome);
        return result;
    }

    /** A group is tried to be deleted without asking who is in it: EC2 keeps it for them, which is as it should be. */
    private static boolean isNoNews(Result<?> result) {
        return result instanceof Result.Failed<?>(CallFailure failure)
                && failure instanceof CallFailure.Invalid invalid
                && invalid.call().equals("ec2:DeleteSecurityGroup")
                && invalid.code().equals("DependencyViolation");
    }

    /** Who sends a notification knows of what it is, and warns in one line of its own. */
    private static boolean isToldByWhoeverSends(Call call) {
        return call.bucket() == RateBucket.MESSAGE;
    }

    private String role() {
        return identity.map(each -> each.role().arn()).orElse("");
    }

    private <T> Result<T> attempt(Call call, Supplier<T> request) {
        if (!budget.take(call.bucket(), priority)) {
            return Result.failed(new CallFailure.Throttled(
                    call.action(), call.target(), "the operator's own budget for " + where + " is used up"));
        }
        try {
            return Result.ok(request.get());
        } catch (SdkException exception) {
            CallFailure failure = failure(call, exception);
            if (failure instanceof CallFailure.Throttled) {
                budget.exhausted(call.bucket());
            }
            return Result.failed(failure);
        }
    }

    /** A session that has ended before its time is no denial: the next call opens another. */
    private CallFailure failure(Call call, SdkException exception) {
        CallFailure failure = hinted(Failures.of(call, exception), exception);
        if (identity.isEmpty() || !Failures.isOfAnEndedSession(exception)) {
            return failure;
        }
        identity.get().end();
        return new CallFailure.Transient(call.action(), call.target(), failure.detail());
    }

    /** Where nobody answers, a Region that is spelled wrongly is the likeliest reason. */
    private CallFailure hinted(CallFailure failure, SdkException exception) {
        return failure instanceof CallFailure.Transient unanswered && !(exception instanceof AwsServiceException)
                ? KnownRegions.doubt(where.region())
                        .<CallFailure>map(doubt -> new CallFailure.Transient(
                                unanswered.call(), unanswered.target(), doubt + " " + unanswered.detail()))
                        .orElse(failure)
                : failure;
    }

    private <T> Result<T> counted(Call call, Result<T> result) {
        String outcome = switch (result) {
            case Result.Ok<T> _ -> "Ok";
            case Result.Failed<T>(CallFailure failure) -> failure.reason();
        };
        meters.counter("ec2quarantine.aws.calls", "call", call.action(), "outcome", outcome)
                .increment();
        return result;
    }
}
