package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Changes;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whenever an operator dies while interfaces are opened for a moment, or addresses and timeouts are changed or given back:
 * the next one ends with no interface open, no group left that opens, and everything as if the first had lived.
 */
@ParameterizedClass
@EnumSource(CrashOfConnectionsIT.Act.class)
class CrashOfConnectionsIT {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration MORE_THAN_TWO_SWEEPS = Duration.ofSeconds(130);
    private static final IsolationScene SCENE = new IsolationScene(0);
    private static final String ADDRESS = "198.18.7.7";
    private static final String POLICY = """
            apiVersion: ec2quarantine.io/v1alpha1
            kind: IsolationPolicy
            metadata: {name: malicious-ip-callers}
            spec:
              mode: Enforce
              sources: [{name: workshop, regions: [us-west-2]}]
              match: {findingTypes: ["UnauthorizedAccess:EC2/MaliciousIPCaller.Custom"]}
              response:
                isolation:
                  securityGroupName: ForensicSecurityGroup
                  trackedConnections: Untrack
                  publicAddress: Disassociate
                  idleTimeouts: Shorten
              safeguards: {maxActive: 10000, maxPerHour: 1000}
            """;

    /** What the operator dies in. */
    enum Act {
        ISOLATION,
        RELEASE
    }

    private final Act act;

    CrashOfConnectionsIT(Act act) {
        this.act = act;
    }

    @BeforeAll
    static void deathsAreNotMourned() {
        Thread.setDefaultUncaughtExceptionHandler(MortalOperator.mourner());
    }

    @AfterAll
    static void errorsAreToldAsEver() {
        Thread.setDefaultUncaughtExceptionHandler(null);
    }

    @TestFactory
    Stream<DynamicTest> theNextOperatorFinishesWhatADeadOneBegan() {
        UndisturbedRun undisturbed = undisturbed();
        AtomicInteger survived = new AtomicInteger();
        Stream<DynamicTest> deaths = undisturbed.killPoints().stream()
                .map(point -> DynamicTest.dynamicTest(undisturbed.journal().at(point), () -> {
                    outlive(point, undisturbed);
                    survived.incrementAndGet();
                }));
        DynamicTest count = DynamicTest.dynamicTest("before and after every write", () -> {
            int writes = undisturbed.journal().writes();
            System.out.println("kill points of " + act + " with connections: " + survived + ", writes: " + writes);
            assertThat(survived).hasValue(2 * writes);
        });
        return Stream.concat(deaths, Stream.of(count));
    }

    private UndisturbedRun undisturbed() {
        try (OperatorWorld world = world();
                MortalOperator operator = MortalOperator.start(world)) {
            begin(world, operator, Optional.empty());
            awaitEnd(world, world.timeGoesBy(TICK));
            Eventually.holds(
                    "the end of the last write",
                    () -> operator.journal().isAtRest(),
                    () -> {},
                    () -> operator.journal().toString());
            if (act == Act.ISOLATION) {
                assertThat(connections(world)).isEqualTo("Untracked");
            }
            return new UndisturbedRun(operator.journal(), comparable(world));
        }
    }

    private void outlive(KillPoint point, UndisturbedRun undisturbed) {
        try (OperatorWorld world = world();
                Witness witness = new Witness(world.client(), world.simulator(), SCENE);
                MortalOperator doomed = MortalOperator.start(world)) {
            begin(world, doomed, Optional.of(point));
            doomed.awaitDeath(world.timeGoesBy(TICK));
            world.startOperator();
            awaitEnd(world, world.timeGoesBy(TICK));
            Eventually.holds(
                    "the undisturbed run's state",
                    () -> comparable(world).differenceTo(undisturbed.state()).isEmpty(),
                    world.timeGoesBy(TICK),
                    () -> comparable(world).differenceTo(undisturbed.state()));
            world.elapse(MORE_THAN_TWO_SWEEPS);
            assertThat(comparable(world).differenceTo(undisturbed.state()))
                    .as("after two sweeps")
                    .isEmpty();
            assertNothingIsOpen(world);
            if (act == Act.ISOLATION) {
                witness.testifies();
            }
            doomed.journal().endedAt(point, undisturbed.journal());
        }
    }

    private OperatorWorld world() {
        OperatorWorld world = new OperatorWorld();
        SCENE.build(world.region());
        world.region().elasticAddress(SCENE.instance(), ADDRESS);
        return world;
    }

    /** The policy comes last: the doomed operator takes the instance up, or has isolated it and is asked to release it. */
    private void begin(OperatorWorld world, MortalOperator operator, Optional<KillPoint> point) {
        if (act == Act.RELEASE) {
            world.cluster().create(POLICY);
            Eventually.holds(
                    "the isolation, told to its end",
                    () -> isCut(world) && SCENE.state(world).facts().contains("events: [Isolated, Opened, Verified]"),
                    world.timeGoesBy(TICK),
                    () -> describe(world));
            operator.keepJournal(SCENE, point);
            world.desire(SCENE.instance(), DesiredState.RELEASED);
        } else {
            operator.keepJournal(SCENE, point);
            world.cluster().create(POLICY);
        }
    }

    private void awaitEnd(OperatorWorld world, Runnable time) {
        Eventually.holds(
                "the end of " + act,
                () -> act == Act.ISOLATION ? isCut(world) : isReleased(world),
                time,
                () -> describe(world));
    }

    private static boolean isCut(OperatorWorld world) {
        var one = world.region().interfaceOf(SCENE.primary());
        return world.quarantine(SCENE.instance())
                .filter(object -> OperatorWorld.isTrue(object, ConditionType.VERIFIED)
                        && OperatorWorld.isTrue(object, ConditionType.EVIDENCE_PRESERVED))
                .filter(_ -> world.region().publicIpOf(SCENE.instance()).isEmpty())
                .filter(_ -> one.tracking().tcpEstablished().equals(Optional.of(60)))
                .filter(_ -> !List.of("TrackedConnectionsMayPersist", "CutIncomplete", "")
                        .contains(connections(world)))
                .isPresent();
    }

    private static boolean isReleased(OperatorWorld world) {
        return world.quarantine(SCENE.instance())
                .flatMap(object -> OperatorWorld.condition(object, ConditionType.READY))
                .filter(ready -> ready.status() == Condition.Status.TRUE && "Released".equals(ready.reason()))
                .isPresent();
    }

    private static String connections(OperatorWorld world) {
        return world.quarantine(SCENE.instance())
                .flatMap(object -> OperatorWorld.condition(object, ConditionType.CONNECTIONS_CUT))
                .map(Condition::reason)
                .orElse("");
    }

    private static void assertNothingIsOpen(OperatorWorld world) {
        assertThat(world.region().groups()).extracting(Group::name).noneMatch(name -> name.contains("untrack"));
        QuarantinedInstance object = world.quarantine(SCENE.instance()).orElseThrow();
        assertThat(object.getMetadata().getFinalizers()).isEmpty();
        Changes changes = Objects.requireNonNull(object.getStatus().changes());
        assertThat(changes.opened()).allMatch(each -> each.closedTime() != null);
    }

    /**
     * Whether an opening was seen through differs with the death, and what is told of it; and how often something was told.
     * What was changed is told apart from when.
     */
    private static FinalState comparable(OperatorWorld world) {
        RegionWorld region = world.region();
        FinalState state = SCENE.state(world)
                .without(fact -> fact.startsWith("timeline:")
                        || fact.startsWith("condition: ConnectionsCut")
                        || fact.startsWith("changes:")
                        || fact.startsWith("drift:"));
        Changes changes = world.quarantine(SCENE.instance())
                .flatMap(object -> Optional.ofNullable(object.getStatus()))
                .flatMap(status -> Optional.ofNullable(status.changes()))
                .orElseGet(Changes::none);
        return new FinalState(Stream.concat(
                        state.facts().stream(),
                        Stream.of(
                                "address: " + region.publicIpOf(SCENE.instance()),
                                "timeouts: "
                                        + region.interfaceOf(SCENE.primary()).tracking() + ", "
                                        + region.interfaceOf(SCENE.secondary()).tracking(),
                                "taken off: "
                                        + changes.addresses().stream()
                                                .map(each -> each.publicIP() + " of " + each.interfaceID())
                                                .toList(),
                                "shortened: " + changes.idleTimeouts()))
                .toList());
    }

    private static String describe(OperatorWorld world) {
        return SCENE.state(world) + "\nConnectionsCut: " + connections(world);
    }
}
