package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.access.Role;
import io.ec2quarantine.core.access.RoleAllowlist;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.guardduty.GuardDutyClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The sessions with AWS, one per role, Region and purpose. What names no role is done with the operator's own identity: the
 * SDK's default credentials. The request budget is the account's, whoever calls.
 */
public final class AwsSessions implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int CONNECTIONS = 64;
    private static final Optional<Role> OWN = Optional.empty();
    private static final Optional<AssumedRole> OWN_IDENTITY = Optional.empty();

    private final InstantSource time;
    private final WriteLedger ledger;
    private final MeterRegistry meters;
    private final RoleAllowlist allowed;
    private final SdkHttpClient http;
    /** A long poll holds its connection: those of the calls that isolate are others. */
    private final SdkHttpClient waiting;

    private final HomeRegion home = new HomeRegion();
    /** One for all clients, each of which would else keep threads of its own to end calls that take too long. */
    private final ScheduledExecutorService timeouts = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("aws-timeouts").factory());

    private final IdleCache<SessionKey, SdkClient> clients;
    private final IdleCache<RoleKey, AssumedRole> roles;
    private final ConcurrentMap<AccountRegion, RequestBudget> budgets = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private final ConcurrentMap<AccountRegion, RegistrationCache> registrations = new ConcurrentHashMap<>();
    private final AtomicReference<Optional<OwnIdentity>> own = new AtomicReference<>(Optional.empty());

    /** @param allowed the roles that may be assumed */
    public AwsSessions(InstantSource time, WriteLedger ledger, MeterRegistry meters, RoleAllowlist allowed) {
        this.time = time;
        this.ledger = ledger;
        this.meters = meters;
        this.allowed = allowed;
        this.clients = new IdleCache<>(time, SdkClient::close);
        this.roles = new IdleCache<>(time, _ -> {});
        this.http = http();
        this.waiting = http();
    }

    private static SdkHttpClient http() {
        return ApacheHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ANSWER)
                .maxConnections(CONNECTIONS)
                .build();
    }

    /** The account of the operator's own identity, asked for until it is known. */
    public Result<String> ownAccount(String region) {
        return ownIdentity(region).map(OwnIdentity::account);
    }

    /**
     * EC2 where an instance lives, with the role that is named for the purpose or else the operator's own identity, which
     * reaches no account but its own.
     */
    public Result<Ec2Gateway> ec2(AccountRegion where, Access access, Purpose purpose, Priority priority) {
        return ownIdentity(where.region())
                .then(identity -> role(identity, where, access, purpose))
                .then(role -> ec2(where, role, purpose, priority));
    }

    /** What keeps evidence where an instance lives, with the same identity as EC2. */
    public Result<EvidenceGateways> evidence(AccountRegion where, Access access, Purpose purpose, Priority priority) {
        return ownIdentity(where.region())
                .then(identity -> role(identity, where, access, purpose))
                .then(role -> open(role, where.region(), purpose))
                .map(identity -> {
                    AwsCalls calls = calls(where, priority, identity);
                    RegistrationCache registered =
                            registrations.computeIfAbsent(where, _ -> new RegistrationCache(time));
                    return new EvidenceGateways(
                            new Ec2EvidenceGateway(
                                    client(key(identity, where.region(), purpose, "ec2"), Ec2Client::builder),
                                    calls,
                                    where),
                            new AutoScalingGateway(
                                    client(
                                            key(identity, where.region(), purpose, "autoscaling"),
                                            AutoScalingClient::builder),
                                    calls,
                                    where),
                            new LoadBalancerGateway(
                                    client(
                                            key(identity, where.region(), purpose, "elasticloadbalancing"),
                                            ElasticLoadBalancingV2Client::builder),
                                    calls,
                                    where,
                                    registered));
                });
    }

    /** EC2 where an instance may live, for questions alone, with the role that {@link #ec2} would take. */
    public Result<Ec2DryRuns> dryRuns(AccountRegion where, Access access, Purpose purpose, String installId) {
        return ownIdentity(where.region())
                .then(identity -> role(identity, where, access, purpose))
                .then(role -> open(role, where.region(), purpose))
                .map(identity -> new Ec2DryRuns(
                        client(key(identity, where.region(), purpose, "ec2"), Ec2Client::builder),
                        calls(where, Priority.BACKGROUND, identity),
                        where,
                        installId));
    }

    /** GuardDuty in a Region, in the account of the role or else the operator's own. */
    public FindingSource findings(Optional<Role> reader, String region) {
        return findings(reader, region, RateBucket.GUARDDUTY);
    }

    /** The same with a budget of its own, for findings that somebody else says there are. */
    public FindingSource hintedFindings(Optional<Role> reader, String region) {
        return findings(reader, region, RateBucket.GUARDDUTY_HINTED);
    }

    private FindingSource findings(Optional<Role> reader, String region, RateBucket bucket) {
        AccountRegion where = where(reader, region);
        return new FindingSource(
                () -> open(reader, region, Purpose.READ)
                        .map(identity -> new FindingSource.Open(
                                client(key(identity, region, Purpose.READ, "guardduty"), GuardDutyClient::builder),
                                calls(where, Priority.URGENT, identity))),
                region,
                time,
                bucket);
    }

    /**
     * A queue, read with the role or else the operator's own identity.
     *
     * @param region where the queue is; empty for the operator's own Region
     */
    public QueueGateway queue(Optional<Role> reader, String url, Optional<String> region) {
        String there = region.orElseGet(() -> home.of(reader));
        return new QueueGateway(
                () -> open(reader, there, Purpose.READ)
                        .map(identity -> new QueueGateway.Open(
                                client(key(identity, there, Purpose.READ, "sqs"), SqsClient::builder, waiting),
                                calls(where(reader, there), Priority.URGENT, identity))),
                url);
    }

    /** The topics and queues of a Region, else of the operator's own, with the operator's own identity. */
    public MessageGateway messages(Optional<String> named) {
        String region = named.orElseGet(() -> home.of(OWN));
        return new MessageGateway(
                () -> client(new SessionKey(OWN_IDENTITY, region, "sns"), SnsClient::builder),
                () -> client(new SessionKey(OWN_IDENTITY, region, "sqs"), SqsClient::builder),
                calls(where(OWN, region), Priority.URGENT, OWN_IDENTITY),
                () -> own.get().map(OwnIdentity::account));
    }

    /** The Regions that are enabled in the account of the role, or else in the operator's own. */
    public Result<List<String>> enabledRegions(Optional<Role> reader) {
        String region = home.of(reader);
        return ec2(where(reader, region), reader, Purpose.READ, Priority.URGENT).then(Ec2Gateway::enabledRegions);
    }

    @Override
    public void close() {
        closed = true;
        clients.close();
        roles.close();
        http.close();
        waiting.close();
        timeouts.shutdownNow();
    }

    private Result<OwnIdentity> ownIdentity(String region) {
        Optional<OwnIdentity> known = own.get();
        if (known.isPresent()) {
            return Result.ok(known.get());
        }
        Call call = new Call("sts:GetCallerIdentity", "the operator's own identity", RateBucket.STS);
        return stsCalls(home(region)).read(call, () -> {
            OwnIdentity identity = OwnIdentity.of(sts(home(region)).getCallerIdentity());
            own.set(Optional.of(identity));
            return identity;
        });
    }

    private static Result<Optional<Role>> role(
            OwnIdentity identity, AccountRegion where, Access access, Purpose purpose) {
        Optional<String> name = switch (purpose) {
            case READ, RESPOND -> access.toRespond();
            case RELEASE -> access.toRelease();
            case RULES -> access.toPutRules();
        };
        if (name.isEmpty() && !identity.account().equals(where.accountId())) {
            return Result.failed(new CallFailure.Denied(
                    AssumedRole.ASSUME,
                    "account " + where.accountId(),
                    "the operator's identity belongs to account " + identity.account(),
                    "set spec.response.access.responderRoleName of the policy to a role of that account"));
        }
        return Result.ok(name.map(each -> new Role(
                "arn:" + identity.partition() + ":iam::" + where.accountId() + ":role/" + each, access.externalId())));
    }

    private Result<Ec2Gateway> ec2(AccountRegion where, Optional<Role> role, Purpose purpose, Priority priority) {
        return open(role, where.region(), purpose)
                .map(identity -> new Ec2Gateway(
                        client(key(identity, where.region(), purpose, "ec2"), Ec2Client::builder),
                        calls(where, priority, identity),
                        where));
    }

    /** The identity to call with, ready to be used. */
    private Result<Optional<AssumedRole>> open(Optional<Role> wanted, String region, Purpose purpose) {
        if (wanted.isEmpty()) {
            return Result.ok(Optional.empty());
        }
        Role role = wanted.get();
        if (!allowed.allows(role)) {
            return Result.failed(new CallFailure.RoleNotAllowed(
                    AssumedRole.ASSUME, role.arn(), "the role is not on the operator's allow-list"));
        }
        return roles.get(
                        new RoleKey(role, region, purpose),
                        () -> new AssumedRole(role, stsCalls(home(region)), () -> sts(home(region)), time))
                .open()
                .map(Optional::of);
    }

    private String home(String region) {
        return home.own().orElse(region);
    }

    private StsClient sts(String region) {
        return client(new SessionKey(Optional.empty(), region, "sts"), StsClient::builder);
    }

    private AwsCalls stsCalls(String region) {
        return calls(where(OWN, region), Priority.URGENT, Optional.empty());
    }

    private static AccountRegion where(Optional<Role> role, String region) {
        return new AccountRegion(role.map(Role::accountId).orElse(""), region);
    }

    private AwsCalls calls(AccountRegion where, Priority priority, Optional<AssumedRole> identity) {
        RequestBudget budget = budgets.computeIfAbsent(where, _ -> new RequestBudget(time));
        return new AwsCalls(where, budget, priority, ledger, meters, identity, () -> closed);
    }

    private static SessionKey key(Optional<AssumedRole> identity, String region, Purpose purpose, String service) {
        // The operator's own identity is one, whatever for; a role has a session for each purpose.
        return new SessionKey(identity, region, identity.isEmpty() ? service : purpose + " " + service);
    }

    private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C extends SdkClient> C client(
            SessionKey key, Supplier<B> builder) {
        return client(key, builder, http);
    }

    /** The key names the service, so the client behind it is of the builder's type. */
    @SuppressWarnings("unchecked")
    private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C extends SdkClient> C client(
            SessionKey key, Supplier<B> builder, SdkHttpClient connections) {
        return (C) clients.get(key, () -> {
            B building = builder.get()
                    .region(Region.of(key.region()))
                    .httpClient(connections)
                    // One gateway retries by rescheduling; hidden retries would spend the budget unseen.
                    .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .scheduledExecutorService(timeouts)
                            .apiCallTimeout(ANSWER.plus(CONNECT)));
            key.identity().ifPresent(building::credentialsProvider);
            return building.build();
        });
    }

    private record SessionKey(Optional<AssumedRole> identity, String region, String use) {}

    private record RoleKey(Role role, String region, Purpose purpose) {}
}
