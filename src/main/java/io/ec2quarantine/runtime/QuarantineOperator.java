package io.ec2quarantine.runtime;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ClusterNodes;
import io.ec2quarantine.cluster.EventRecorder;
import io.ec2quarantine.cluster.InstallIdentity;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.cluster.OwnNode;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.QuarantineDefinition;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.cluster.SlotBook;
import io.ec2quarantine.cluster.WebhookKeys;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.controller.Controllers;
import io.ec2quarantine.controller.Home;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.access.HostAllowlist;
import io.ec2quarantine.core.access.RoleAllowlist;
import io.ec2quarantine.core.policy.FindingDecider;
import io.ec2quarantine.ingest.DeferredTakeUp;
import io.ec2quarantine.ingest.ExpressionBook;
import io.ec2quarantine.ingest.FindingBook;
import io.ec2quarantine.ingest.FindingIntake;
import io.ec2quarantine.ingest.FindingPoller;
import io.ec2quarantine.ingest.FindingQueues;
import io.ec2quarantine.ingest.FindingRecall;
import io.ec2quarantine.ingest.HoldRegistrar;
import io.ec2quarantine.ingest.QuarantineCensus;
import io.ec2quarantine.ingest.QuarantineRegistrar;
import io.ec2quarantine.ingest.QuarantineStore;
import io.ec2quarantine.ingest.SafeguardGate;
import io.ec2quarantine.ingest.SourceBook;
import io.ec2quarantine.notify.Courier;
import io.ec2quarantine.notify.WebhookSender;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator, put together: started, leading or standing by, and stopped in order. */
public final class QuarantineOperator implements AutoCloseable {
    /** The lease that the leading replica holds. */
    public static final String LEASE = "ec2-quarantine-operator";

    private static final int SUFFIX_LENGTH = 8;
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration END_OF_WORK = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(QuarantineOperator.class);

    private final OperatorConfig config;
    private final KubernetesClient client;
    private final String namespace;
    private final String identity;
    private final LeadershipLost leadershipLost;
    private final Health health = new Health();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AwsSessions sessions;
    private final WebhookSender webhooks;
    private final Catalog<IsolationPolicy> policies = new Catalog<>();
    private final FindingPoller poller;
    private final FindingQueues queues;
    private final DeferredTakeUp takeUp;
    private final Controllers controllers;
    private final Operator operator;
    private final LeaseHandover handover;
    private final LeaseWatch leaseWatch;
    private final HttpEndpoint http;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean blind = new AtomicBoolean();

    /** What to do when leadership was lost without having been given up, for two must not lead; or a watch, for good. */
    @FunctionalInterface
    public interface LeadershipLost {
        void lost();
    }

    /**
     * Puts the operator together; nothing runs yet but its health endpoint.
     *
     * @param client closed by whoever made it
     * @param hooks told of every write
     */
    public QuarantineOperator(
            OperatorConfig config,
            KubernetesClient client,
            Scheduler scheduler,
            WriteHooks hooks,
            LeadershipLost leadershipLost) {
        this(config, client, scheduler, hooks, leadershipLost, Optional.empty());
    }

    /** @param trust whom to trust when events are posted; empty for whom the Java platform trusts */
    public QuarantineOperator(
            OperatorConfig config,
            KubernetesClient client,
            Scheduler scheduler,
            WriteHooks hooks,
            LeadershipLost leadershipLost,
            Optional<SSLContext> trust) {
        this.config = config;
        this.client = client;
        this.leadershipLost = leadershipLost;
        this.namespace =
                Optional.ofNullable(client.getConfiguration().getNamespace()).orElse("default");
        this.identity = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("operator") + "-" + suffix();
        this.http = HttpEndpoint.start(config.httpPort(), health, meters);
        WriteLedger ledger = new WriteLedger(hooks);
        Catalog<QuarantinedInstance> quarantines = new Catalog<>();
        FindingBook findings = new FindingBook();
        SourceBook sources = new SourceBook();
        ExpressionBook expressions = new ExpressionBook();
        PolicyReader reader = new PolicyReader();
        Gauges.register(meters, quarantines);
        this.sessions = new AwsSessions(scheduler, ledger, meters, RoleAllowlist.of(config.roleAllowlist()));
        Installation installation = InstallIdentity.loadOrCreate(client, namespace, ledger);
        ClusterNodes nodes = new ClusterNodes(client, scheduler);
        this.webhooks = new WebhookSender(
                HostAllowlist.of(config.webhookAllowlist()),
                new WebhookKeys(client, namespace),
                ledger,
                scheduler,
                trust);
        this.controllers = new Controllers(
                policies,
                reader,
                quarantines,
                sessions,
                nodes,
                findings,
                sources,
                expressions,
                new EventRecorder(client, ledger, identity),
                new Courier(sessions, webhooks, installation.id()),
                ledger,
                scheduler,
                installation,
                new QuarantineDefinition(client),
                new Home(
                        new OwnNode(client, namespace, config.nodeName(), config.podSelector()),
                        config.leaderElection(),
                        this::handOver),
                config.preflight() == OperatorConfig.Preflight.HOURLY,
                config.sweepInterval(),
                config.validity(),
                QuarantineOperator::suffix);
        FindingDecider decider = new FindingDecider(config.sampleFindings() == OperatorConfig.SampleFindings.ACCEPT);
        QuarantineCensus census = new QuarantineCensus(quarantines);
        SafeguardGate gate = new SafeguardGate(
                sessions,
                nodes,
                new SlotBook(client, namespace, ledger, scheduler, census::isolated, census::over),
                census,
                this::access,
                scheduler);
        QuarantineStore store = new QuarantineStore(client, ledger);
        QuarantineRegistrar registrar = new QuarantineRegistrar(store, decider, installation, gate);
        this.takeUp = new DeferredTakeUp(
                policies,
                reader,
                census,
                gate,
                new HoldRegistrar(store, gate, new FindingRecall(sessions, sources)),
                sessions,
                this::access,
                scheduler,
                config.pollInterval());
        FindingIntake intake = new FindingIntake(
                sessions,
                decider,
                registrar,
                findings,
                expressions,
                controllers.quarantineTrigger(),
                this::access,
                scheduler,
                meters);
        this.poller = new FindingPoller(
                policies,
                reader,
                sessions,
                intake,
                sources,
                controllers.policyTrigger(),
                scheduler,
                config.pollInterval());
        this.queues = new FindingQueues(
                policies, reader, sessions, intake, sources, poller, controllers.policyTrigger(), scheduler, meters);
        this.handover = new LeaseHandover(client, namespace, LEASE, identity);
        this.leaseWatch = new LeaseWatch(scheduler, handover::isOurs, this::stopLeading);
        this.operator = new Operator(this::configure);
        operator.register(controllers.policyReconciler(), QuarantineOperator::configure);
        operator.register(controllers.quarantineReconciler(), QuarantineOperator::configure);
    }

    private Access access(String policy) {
        return Responses.access(policies.get(policy)
                .map(IsolationPolicy::getSpec)
                .map(IsolationPolicySpec::response)
                .orElse(null));
    }

    /** Starts: the informers first, then the work, at once or when this replica is called to lead. */
    public void start() {
        LOG.info("starting as {} in namespace {}", identity, namespace);
        operator.start();
        policies.completed();
        health.started();
        if (!config.leaderElection()) {
            lead();
        }
        LOG.info("started; health and metrics on port {}", http.port());
        started.set(true);
        endIfBlind();
    }

    /** The port of the health endpoint. */
    public int httpPort() {
        return http.port();
    }

    /** Whether this replica leads. */
    public boolean isLeading() {
        return health.state() == Health.State.LEADING;
    }

    /** Stops in order: no new work, the end of what is under way, and the lease for whoever is next. */
    @Override
    public void close() {
        LOG.info("stopping");
        health.become(Health.State.STOPPING);
        poller.stop();
        queues.stop();
        takeUp.stop();
        controllers.sweeper().stop();
        controllers.preflight().stop();
        leaseWatch.stop();
        operator.stop();
        if (config.leaderElection()) {
            handover.giveUp();
        }
        sessions.close();
        webhooks.close();
        http.close();
        LOG.info("stopped");
    }

    private void lead() {
        health.become(Health.State.LEADING);
        LOG.info("leading");
        poller.start();
        queues.start();
        takeUp.start();
        controllers.sweeper().start();
        controllers.preflight().start();
        if (config.leaderElection()) {
            leaseWatch.start();
        }
    }

    private void tellWhoLeads(String holder) {
        if (!holder.isEmpty() && !holder.equals(identity)) {
            LOG.info("standing by: the lease {}/{} is held by {}", namespace, LEASE, holder);
        }
    }

    private void stopLeading() {
        if (health.state() == Health.State.LEADING) {
            poller.stop();
            queues.stop();
            takeUp.stop();
            controllers.sweeper().stop();
            controllers.preflight().stop();
            LOG.error(
                    "The lease {}/{} was lost while leading; this replica ends so that only one leads.",
                    namespace,
                    LEASE);
            leadershipLost.lost();
        }
    }

    /** The lease goes first: whoever leads next isolates the node on which this process is. */
    private void handOver() {
        if (health.state() == Health.State.LEADING) {
            poller.stop();
            queues.stop();
            takeUp.stop();
            controllers.sweeper().stop();
            controllers.preflight().stop();
            LOG.warn("The node of this replica is to be isolated; it hands over to a replica on another node.");
            handover.giveUp();
            leadershipLost.lost();
        }
    }

    /** The framework watches no more after such a failure, and what is not seen any more is not kept isolated. */
    private void watchEnded(Optional<Throwable> failure) {
        failure.filter(_ -> health.state() != Health.State.STOPPING).ifPresent(broken -> {
            LOG.error("A watch of the Kubernetes API broke; this replica ends and is to be started again.", broken);
            blind.set(true);
            endIfBlind();
        });
    }

    /** A start that fails says by itself why. */
    private void endIfBlind() {
        if (started.get() && blind.get()) {
            leadershipLost.lost();
        }
    }

    private void configure(ConfigurationServiceOverrider overrider) {
        overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withUseSSAToPatchPrimaryResource(false)
                .withStopOnInformerErrorDuringStartup(true)
                .withInformerStoppedHandler((_, failure) -> watchEnded(Optional.ofNullable(failure)))
                .withReconciliationTerminationTimeout(END_OF_WORK);
        if (config.leaderElection()) {
            // Called on the thread that renews the lease: it must not be held up.
            LeaderCallbacks callbacks = new LeaderCallbacks(this::lead, this::stopLeading, this::tellWhoLeads);
            overrider.withLeaderElectionConfiguration(
                    LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
                            .withLeaseNamespace(namespace)
                            .withIdentity(identity)
                            .withLeaderCallbacks(callbacks)
                            .withExitOnStopLeading(false)
                            .build());
        }
    }

    private static <P extends HasMetadata> void configure(ControllerConfigurationOverrider<P> overrider) {
        overrider
                .withGenerationAware(true)
                .withReconciliationMaxInterval(LONGEST_SILENCE)
                .withRetry(new GenericRetry()
                        .withoutMaxAttempts()
                        .setInitialInterval(500)
                        .setIntervalMultiplier(2)
                        .setMaxInterval(LONGEST_RETRY.toMillis()));
    }

    private static String suffix() {
        return UUID.randomUUID().toString().substring(0, SUFFIX_LENGTH);
    }
}
