package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteLedger;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.guardduty.GuardDutyClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The sessions with AWS, one per account, Region and purpose. Today the operator acts in its own account only: that of the
 * SDK's default credentials.
 */
public final class AwsSessions implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int CONNECTIONS = 64;

    private final InstantSource time;
    private final WriteLedger ledger;
    private final MeterRegistry meters;
    private final SdkHttpClient http;
    private final ConcurrentMap<SessionKey, SdkClient> clients = new ConcurrentHashMap<>();
    private final ConcurrentMap<AccountRegion, RequestBudget> budgets = new ConcurrentHashMap<>();
    private final AtomicReference<String> ownAccount = new AtomicReference<>("");

    public AwsSessions(InstantSource time, WriteLedger ledger, MeterRegistry meters) {
        this.time = time;
        this.ledger = ledger;
        this.meters = meters;
        this.http = ApacheHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ANSWER)
                .maxConnections(CONNECTIONS)
                .build();
    }

    /** The account of the operator's own identity, asked for until it is known. */
    public Result<String> ownAccount(String region) {
        String known = ownAccount.get();
        if (!known.isEmpty()) {
            return Result.ok(known);
        }
        AccountRegion where = new AccountRegion("", region);
        Call call = new Call("sts:GetCallerIdentity", "the operator's own identity", RateBucket.GUARDDUTY);
        return calls(where, Priority.URGENT).read(call, () -> {
            StsClient sts = client(new SessionKey(where, Purpose.READ, "sts"), StsClient::builder);
            String account = sts.getCallerIdentity().account();
            ownAccount.set(account);
            return account;
        });
    }

    /** EC2 where an instance lives; an account that the operator has no identity in is a failure. */
    public Result<Ec2Gateway> ec2(AccountRegion where, Priority priority) {
        return ownAccount(where.region()).then(own -> {
            if (!own.equals(where.accountId())) {
                return Result.failed(new CallFailure.Denied(
                        "sts:AssumeRole",
                        "account " + where.accountId(),
                        "the operator's identity belongs to account " + own));
            }
            Ec2Client client = client(new SessionKey(where, Purpose.RESPOND, "ec2"), Ec2Client::builder);
            return Result.ok(new Ec2Gateway(client, calls(where, priority), where));
        });
    }

    /** GuardDuty in a Region, in the operator's own account. */
    public FindingSource findings(String region) {
        AccountRegion where = new AccountRegion("", region);
        GuardDutyClient client = client(new SessionKey(where, Purpose.READ, "guardduty"), GuardDutyClient::builder);
        return new FindingSource(client, calls(where, Priority.URGENT), region, time);
    }

    @Override
    public void close() {
        clients.values().forEach(SdkClient::close);
        http.close();
    }

    private AwsCalls calls(AccountRegion where, Priority priority) {
        RequestBudget budget = budgets.computeIfAbsent(where, _ -> new RequestBudget(time));
        return new AwsCalls(where, budget, priority, ledger, meters);
    }

    /** The key names the service, so the client behind it is of the builder's type. */
    @SuppressWarnings("unchecked")
    private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C extends SdkClient> C client(
            SessionKey key, Supplier<B> builder) {
        return (C) clients.computeIfAbsent(
                key,
                _ -> builder.get()
                        .region(Region.of(key.where().region()))
                        .httpClient(http)
                        // One gateway retries by rescheduling; hidden retries would spend the budget unseen.
                        .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                                .apiCallTimeout(ANSWER.plus(CONNECT)))
                        .build());
    }

    private record SessionKey(AccountRegion where, Purpose purpose, String service) {}
}
