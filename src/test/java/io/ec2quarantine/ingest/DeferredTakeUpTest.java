package io.ec2quarantine.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ClusterNodes;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.cluster.SlotBook;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.RoleAllowlist;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One round of the take-up, which sees at once what people and others write meanwhile. */
class DeferredTakeUpTest {
    private static final String POLICY = "storm";
    private static final String MORE_SEVERE = "i-00000001";
    private static final String LESS_SEVERE = "i-00000002";

    private final OperatorWorld world = new OperatorWorld();
    /** What somebody else does just before the operator patches a quarantine, once each. */
    private final ConcurrentMap<String, Runnable> before = new ConcurrentHashMap<>();

    private final WriteLedger ledger = new WriteLedger(new WriteHooks() {
        @Override
        public void before(Write write) {
            Optional.ofNullable(before.remove(write.action() + " " + write.target()))
                    .ifPresent(Runnable::run);
        }

        @Override
        public void after(Write write) {}
    });

    private final Catalog<IsolationPolicy> policies = catalog(IsolationPolicy.class);
    private final QuarantineCensus census = new QuarantineCensus(catalog(QuarantinedInstance.class));
    private final AwsSessions sessions =
            new AwsSessions(world.clock(), ledger, new SimpleMeterRegistry(), RoleAllowlist.of(List.of()));
    private final SafeguardGate gate = new SafeguardGate(
            sessions,
            new ClusterNodes(world.client(), world.clock()),
            new SlotBook(world.client(), "default", ledger, world.clock(), census::isolated, census::over),
            census,
            _ -> Responses.access(null),
            world.clock());
    private final DeferredTakeUp takeUp = new DeferredTakeUp(
            policies,
            new PolicyReader(),
            census,
            gate,
            new HoldRegistrar(
                    new QuarantineStore(world.client(), ledger), gate, new FindingRecall(sessions, new SourceBook())),
            sessions,
            _ -> Responses.access(null),
            world.clock(),
            Duration.ofSeconds(15));

    @BeforeEach
    void deferTwo() {
        world.cluster().create(Policies.enforcing(POLICY, "*") + "  safeguards: {maxActive: 9, maxPerHour: 9}\n");
        held(MORE_SEVERE, "Observed", "Critical");
        held(LESS_SEVERE, "Observed", "Medium");
    }

    @AfterEach
    void end() {
        takeUp.stop();
        sessions.close();
        world.close();
    }

    @Test
    void whatWaitsIsIsolatedOnceThereIsRoom() {
        round();

        assertThat(isolated()).containsExactlyInAnyOrder(MORE_SEVERE, LESS_SEVERE);
    }

    @Test
    void aWriteThatComesBetweenWastesNoRoom() {
        before(MORE_SEVERE, () -> label(MORE_SEVERE));

        round();

        assertThat(before).as("what was to come between").isEmpty();
        assertThat(isolated()).containsExactlyInAnyOrder(MORE_SEVERE, LESS_SEVERE);
        assertThat(world.client()
                        .configMaps()
                        .withName("ec2-quarantine-slots")
                        .get()
                        .getData())
                .hasSize(2);
    }

    @Test
    void aPatchOfWhatIsThereNoMoreIsMadeAnew() {
        before(MORE_SEVERE, () -> {
            throw new KubernetesClientException(new StatusBuilder()
                    .withCode(422)
                    .withReason("Invalid")
                    .withMessage("the server rejected our request due to an error in our request")
                    .build());
        });

        round();

        assertThat(isolated()).containsExactlyInAnyOrder(MORE_SEVERE, LESS_SEVERE);
    }

    @Test
    void whatCannotBeStoredIsToldInOneSentence() {
        world.cluster().refuse(MORE_SEVERE);

        try (LogCapture log = new LogCapture(DeferredTakeUp.class)) {
            round();

            assertThat(log.messages(Level.WARN, ""))
                    .containsExactly("What becomes of i-00000001, which waits to be isolated, could not be stored"
                            + " (admission webhook denied the request); it is tried again with the next round.");
        }
    }

    @Test
    void aPolicyThatIsPausedInTheMiddleOfARoundIsolatesNoMore() {
        before(MORE_SEVERE, this::pause);

        round();

        assertThat(isolated()).containsExactly(MORE_SEVERE);
    }

    @Test
    void oneThatCannotBeStoredHoldsUpNoOther() {
        world.cluster().refuse(MORE_SEVERE);

        round();

        assertThat(isolated()).containsExactly(LESS_SEVERE);
    }

    @Test
    void oneWhoseHoldCannotBeForgottenHoldsUpNoOther() {
        held("i-00000003", "Released", "Medium");
        held("i-00000004", "Released", "Medium");
        world.cluster().refuse("i-00000003");

        round();

        assertThat(isolated()).containsExactlyInAnyOrder(MORE_SEVERE, LESS_SEVERE);
        assertThat(world.quarantine("i-00000004").orElseThrow().getSpec().hold())
                .isNull();
    }

    private void round() {
        takeUp.start();
        Eventually.holds("the round to end", world.clock()::isAtRest, () -> {}, () -> "");
    }

    private void before(String instance, Runnable other) {
        before.put("kubernetes:patch QuarantinedInstance " + instance, other);
    }

    private void pause() {
        world.client()
                .resources(IsolationPolicy.class)
                .withName(POLICY)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"mode\":\"Paused\"}}");
    }

    private void label(String instance) {
        patch(instance, "{\"metadata\":{\"labels\":{\"team\":\"blue\"}}}");
    }

    private void patch(String instance, String merge) {
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    private Set<String> isolated() {
        return world.client().resources(QuarantinedInstance.class).list().getItems().stream()
                .filter(object -> object.getSpec().desiredState() == DesiredState.ISOLATED)
                .map(object -> object.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private void held(String instance, String state, String severity) {
        var vpc = world.region().vpc();
        world.region().instance(instance).id(instance).in(vpc).launch();
        world.cluster().create("""
                apiVersion: ec2quarantine.io/v1alpha1
                kind: QuarantinedInstance
                metadata: {name: %1$s}
                spec:
                  instanceID: %1$s
                  region: %2$s
                  accountID: "%3$s"
                  desiredState: %4$s
                  policyRef: {name: %5$s}
                  hold: {reason: MaxActive, message: There is no room.}
                """.formatted(instance, OperatorWorld.REGION, OperatorWorld.ACCOUNT, state, POLICY));
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status":{"findings":[{"id":"f","type":"Backdoor:EC2/Spambot","severity":"%s"}]}}
                        """.formatted(severity));
    }

    /** Not the informer's view, which lags behind. */
    private <T extends HasMetadata> Catalog<T> catalog(Class<T> kind) {
        Catalog<T> catalog = new Catalog<>();
        catalog.attach(
                () -> world.client().resources(kind).list().getItems().stream(),
                name -> Optional.ofNullable(
                        world.client().resources(kind).withName(name).get()));
        return catalog;
    }
}
