package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * A role as an identity: assumed at the first need, and again before its session ends. Not by the SDK's own provider, which
 * keeps time by the machine's clock and throws its failures in the midst of calls that are about something else.
 */
final class AssumedRole implements AwsCredentialsProvider {
    static final String ASSUME = "sts:AssumeRole";

    private static final String SESSION_NAME = "ec2-quarantine-operator";
    private static final Duration IN_GOOD_TIME = Duration.ofMinutes(5);
    /** A call that is sent now must still find the session valid. */
    private static final Duration ONE_CALL = Duration.ofSeconds(30);

    private final Role role;
    private final AwsCalls calls;
    private final Supplier<StsClient> sts;
    private final InstantSource time;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile Optional<Session> session = Optional.empty();
    private volatile Optional<CallFailure> lastFailure = Optional.empty();

    AssumedRole(Role role, AwsCalls calls, Supplier<StsClient> sts, InstantSource time) {
        this.role = role;
        this.calls = calls;
        this.sts = sts;
        this.time = time;
    }

    Role role() {
        return role;
    }

    /** Makes sure that there is a session; a refusal matters once the session that there is has ended. */
    Result<AssumedRole> open() {
        int seen = attempts.get();
        if (lasts(IN_GOOD_TIME)) {
            return Result.ok(this);
        }
        oneAtATime.lock();
        try {
            if (lasts(IN_GOOD_TIME)) {
                return Result.ok(this);
            }
            // Who waited for another's attempt takes its outcome: one account that does not answer must not hold up
            // all.
            if (attempts.get() == seen) {
                assume();
            }
            return lasts(ONE_CALL) ? Result.ok(this) : refusal();
        } finally {
            oneAtATime.unlock();
        }
    }

    /** AWS says that the session has ended, whatever we thought. */
    void end() {
        session = Optional.empty();
    }

    @Override
    public AwsCredentials resolveCredentials() {
        return session.map(Session::credentials)
                .orElseThrow(() -> SdkClientException.create("the session of " + role.arn() + " has ended"));
    }

    private boolean lasts(Duration least) {
        Instant needed = time.instant().plus(least);
        return session.filter(each -> each.end().isAfter(needed)).isPresent();
    }

    private Result<AssumedRole> refusal() {
        return lastFailure
                .<Result<AssumedRole>>map(Result::failed)
                .orElseGet(() -> Result.failed(
                        new CallFailure.Transient(ASSUME, role.arn(), "the session was over before it could be used")));
    }

    private void assume() {
        Call call = new Call(ASSUME, role.arn(), RateBucket.STS, role.externalId());
        Result<Session> result = calls.read(
                call,
                () -> session(sts.get()
                        .assumeRole(request -> request.roleArn(role.arn())
                                .roleSessionName(SESSION_NAME)
                                .externalId(orNull(role.externalId())))
                        .credentials()));
        attempts.incrementAndGet();
        switch (result) {
            case Result.Ok<Session>(Session opened) -> {
                session = Optional.of(opened);
                lastFailure = Optional.empty();
            }
            case Result.Failed<Session>(CallFailure failure) -> lastFailure = Optional.of(advised(failure));
        }
    }

    private static Session session(Credentials given) {
        return new Session(
                AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken()),
                given.expiration());
    }

    private static @Nullable String orNull(Optional<String> value) {
        return value.orElse(null);
    }

    private static CallFailure advised(CallFailure failure) {
        return failure instanceof CallFailure.Denied denied
                ? new CallFailure.Denied(
                        denied.call(),
                        denied.target(),
                        denied.detail(),
                        "allow the operator's identity sts:AssumeRole on that role, and let the role's trust policy name that"
                                + " identity and the external id that the policy gives, and check the role's name, for AWS"
                                + " refuses a role that does not exist in the same words")
                : failure;
    }

    private record Session(AwsSessionCredentials credentials, Instant end) {
        @Override
        public String toString() {
            return "until " + end;
        }
    }
}
