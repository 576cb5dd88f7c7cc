package io.ec2quarantine.testing;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.runtime.QuarantineOperator;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.World;
import io.ec2quarantine.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** The whole operator against the embedded Kubernetes API and the simulator of AWS, on a clock that tests move. */
public final class OperatorWorld implements AutoCloseable {
    public static final String ACCOUNT = "111122223333";
    public static final String REGION = "us-west-2";

    private static final Duration TICK = Duration.ofMillis(200);
    private static final int LOOKS = 12;
    /** From here on the clock leaps over the time in which nothing is due. */
    private static final Duration LONG = Duration.ofMinutes(30);

    private static final List<String> SDK_PROPERTIES =
            List.of("aws.endpointUrl", "aws.accessKeyId", "aws.secretAccessKey", "aws.region");

    /** A little ahead of the embedded API's clock, which dates what is created: policies are older than new findings. */
    private final ManualScheduler scheduler =
            new ManualScheduler(Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(120));

    private final EmbeddedCluster cluster = EmbeddedCluster.start();
    private final AwsSimulator simulator = AwsSimulator.start(scheduler);
    private final Map<String, String> settings = new HashMap<>();
    private final List<QuarantineOperator> operators = new ArrayList<>();

    private Optional<SSLContext> trust = Optional.empty();

    /** An empty world without an operator; requests are not limited unless a test turns that on. */
    public OperatorWorld() {
        simulator.requestLimits(false);
        settings.put("OPERATOR_HTTP_PORT", "0");
        settings.put("OPERATOR_LEADER_ELECTION", "false");
        // Its questions would stand among the calls that tests count.
        settings.put("OPERATOR_PREFLIGHT", "Off");
        System.setProperty("aws.endpointUrl", simulator.endpoint().toString());
        System.setProperty("aws.accessKeyId", world().account(ACCOUNT).accessKeyId());
        System.setProperty("aws.secretAccessKey", world().account(ACCOUNT).secretAccessKey());
        System.setProperty("aws.region", REGION);
    }

    /** Operators started from now on talk to another AWS than the simulated one. */
    public OperatorWorld endpoint(URI other) {
        System.setProperty("aws.endpointUrl", other.toString());
        return this;
    }

    /** Changes a setting of the operators started from now on. */
    public OperatorWorld setting(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Operators started from now on trust these where they post events. */
    public OperatorWorld trust(SSLContext context) {
        trust = Optional.of(context);
        return this;
    }

    /** Starts the operator; a second time another one beside the first, as after a lost lease. */
    public OperatorWorld startOperator() {
        return startOperator(WriteHooks.NONE);
    }

    /** Starts the operator with hooks around its writes. */
    public OperatorWorld startOperator(WriteHooks hooks) {
        QuarantineOperator started =
                new QuarantineOperator(OperatorConfig.from(settings), client(), scheduler, hooks, () -> {}, trust);
        started.start();
        operators.add(started);
        return this;
    }

    /** Stops every operator. */
    public OperatorWorld stopOperator() {
        operators.forEach(QuarantineOperator::close);
        operators.clear();
        return this;
    }

    /** Whether an operator runs. */
    public boolean isOperatorRunning() {
        return !operators.isEmpty();
    }

    public EmbeddedCluster cluster() {
        return cluster;
    }

    public KubernetesClient client() {
        return cluster.client();
    }

    public AwsSimulator simulator() {
        return simulator;
    }

    public ManualScheduler clock() {
        return scheduler;
    }

    public World world() {
        return simulator.world();
    }

    /** The Region that most tests play in. */
    public RegionWorld region() {
        return world().account(ACCOUNT).region(REGION);
    }

    /** Waits until a quarantine is as wanted, while time goes by. */
    public QuarantinedInstance await(String name, String what, Predicate<QuarantinedInstance> condition) {
        return Eventually.get(
                name + " " + what,
                () -> quarantine(name)
                        .filter(object -> object.getStatus() != null)
                        .filter(condition),
                () -> scheduler.advance(TICK),
                () -> describe(name));
    }

    /** Waits until a condition of a quarantine has this status and reason. */
    public QuarantinedInstance await(String name, ConditionType type, Condition.Status status, String reason) {
        return await(
                name,
                type.text() + "=" + status + "/" + reason,
                object -> condition(object, type)
                        .filter(condition -> condition.status() == status
                                && condition.reason().equals(reason))
                        .isPresent());
    }

    /** Waits until a quarantine is isolated and verified, and everything beside that is done. */
    public QuarantinedInstance awaitVerified(String name) {
        return await(
                name,
                "verified, with its evidence preserved",
                object -> isTrue(object, ConditionType.VERIFIED) && isTrue(object, ConditionType.EVIDENCE_PRESERVED));
    }

    /** Waits until there is no such quarantine any more, while time goes by. */
    public void awaitGone(String name) {
        Eventually.holds(
                name + " to be gone",
                () -> quarantine(name).isEmpty(),
                () -> scheduler.advance(TICK),
                () -> describe(name));
    }

    /** Waits until a policy is as wanted, while time goes by. */
    public IsolationPolicy awaitPolicy(String name, String what, Predicate<IsolationPolicy> condition) {
        return Eventually.get(
                name + " " + what,
                () -> Optional.ofNullable(client().resources(IsolationPolicy.class)
                                .withName(name)
                                .get())
                        .filter(object -> object.getStatus() != null)
                        .filter(condition),
                () -> scheduler.advance(TICK),
                () -> Serialization.asYaml(
                        client().resources(IsolationPolicy.class).withName(name).get()));
    }

    /** Waits until the simulator has seen so many calls of an action since a mark. */
    public void awaitCalls(String action, long mark, long count) {
        Eventually.holds(
                count + " calls of " + action,
                () -> calls(action, mark) >= count,
                () -> scheduler.advance(TICK),
                () -> simulator.calls().since(mark).toString());
    }

    /** Lets time go by, in steps, so that what falls due in between happens in its order. */
    public void elapse(Duration time) {
        Instant end = scheduler.instant().plus(time);
        Eventually.holds(
                time + " to go by",
                () -> !scheduler.instant().isBefore(end),
                time.compareTo(LONG) < 0 ? () -> tick(TICK.multipliedBy(20)) : timeGoesBy(TICK.multipliedBy(20), 1),
                () -> "");
    }

    /** Lets time go by from look to look, so slowly while something happens that a slow machine does not look late. */
    public Runnable timeGoesBy(Duration step) {
        return timeGoesBy(step, LOOKS);
    }

    private Runnable timeGoesBy(Duration step, int looks) {
        Pace pace = new Pace(scheduler, this::deeds, step, looks);
        return () -> {
            scheduler.letTasksEnd();
            scheduler.advance(pace.next());
        };
    }

    /** Moves the clock once what was started before has come to its end, as if a machine were never slow. */
    public void tick(Duration time) {
        scheduler.letTasksEnd();
        scheduler.advance(time);
    }

    /** How many calls of an action the simulator has seen since a mark. */
    public long calls(String action, long mark) {
        return simulator.calls().since(mark).stream()
                .filter(call -> call.action().equals(action))
                .count();
    }

    /** Sets what a person asks for. */
    public void desire(String name, DesiredState state) {
        String wanted = Serialization.asJson(Map.of("spec", Map.of("desiredState", state)));
        client().resources(QuarantinedInstance.class)
                .withName(name)
                .patch(PatchContext.of(PatchType.JSON_MERGE), wanted);
    }

    /** A quarantine as the API holds it. */
    public Optional<QuarantinedInstance> quarantine(String name) {
        return Optional.ofNullable(
                client().resources(QuarantinedInstance.class).withName(name).get());
    }

    /** The id of the isolation group that a quarantine's status names first. */
    public String isolationGroup(String name) {
        return Objects.requireNonNull(quarantine(name)
                .orElseThrow()
                .getStatus()
                .isolationGroups()
                .getFirst()
                .groupID());
    }

    /** A condition of a quarantine. */
    public static Optional<Condition> condition(QuarantinedInstance object, ConditionType type) {
        return Optional.ofNullable(object.getStatus())
                .map(QuarantinedInstanceStatus::conditions)
                .flatMap(conditions -> Conditions.find(conditions, type));
    }

    /** Whether a condition of a quarantine is True. */
    public static boolean isTrue(QuarantinedInstance object, ConditionType type) {
        return condition(object, type)
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .isPresent();
    }

    private long deeds() {
        return simulator.calls().mark() + cluster.writes();
    }

    private String describe(String name) {
        return quarantine(name).map(Serialization::asYaml).orElse("no such quarantine") + "\ncalls:\n"
                + simulator.calls().all().stream().map(Object::toString).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        stopOperator();
        simulator.close();
        cluster.close();
        SDK_PROPERTIES.forEach(System::clearProperty);
    }
}
