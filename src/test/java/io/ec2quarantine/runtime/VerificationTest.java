package io.ec2quarantine.runtime;

import static io.ec2quarantine.testing.OperatorWorld.condition;
import static io.ec2quarantine.testing.OperatorWorld.isTrue;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.Drift;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.VerificationStatus;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A verification is a read, and only as good as the read is young. */
class VerificationTest {
    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void anUnreadableWorldTurnsVerifiedToUnknownAfterTwoIntervalsAndBackWhenItCanBeRead() {
        isolate();
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();

        world.elapse(Duration.ofSeconds(90));
        assertThat(isTrue(quarantine(), ConditionType.VERIFIED)).isTrue();

        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
        assertThat(condition(quarantine(), ConditionType.READY).orElseThrow().status())
                .isEqualTo(Status.FALSE);
        assertThat(isTrue(quarantine(), ConditionType.ISOLATED)).isTrue();

        world.simulator().faults().clear();
        world.await(instance, ConditionType.VERIFIED, Status.TRUE, "Verified");
    }

    @Test
    void whatKeepsTheSweepsFromGettingThroughIsSaidAndIsForAPersonWhereItIsDenied() {
        isolate();
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();

        QuarantinedInstance stale = world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");

        for (ConditionType type : List.of(ConditionType.READY, ConditionType.VERIFIED, ConditionType.STALLED)) {
            assertThat(condition(stale, type).orElseThrow().message())
                    .as(type.text())
                    .contains("ec2:DescribeNetworkInterfaces", "denied");
        }
        assertThat(condition(stale, ConditionType.READY).orElseThrow().reason()).isEqualTo("Denied");
        assertThat(condition(stale, ConditionType.STALLED).orElseThrow())
                .matches(stalled -> stalled.status() == Status.TRUE && "Denied".equals(stalled.reason()));

        world.simulator().faults().clear();
        QuarantinedInstance mended = world.await(instance, ConditionType.VERIFIED, Status.TRUE, "Verified");
        assertThat(isTrue(mended, ConditionType.STALLED)).isFalse();
    }

    @Test
    void whatPassesByItselfWaitsForNobody() {
        isolate();
        world.simulator().faults().on("DescribeNetworkInterfaces").internalError();

        QuarantinedInstance stale = world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");

        assertThat(condition(stale, ConditionType.READY).orElseThrow())
                .matches(ready -> "Stale".equals(ready.reason())
                        && String.valueOf(ready.message()).contains("ec2:DescribeNetworkInterfaces"));
        assertThat(isTrue(stale, ConditionType.STALLED)).isFalse();
        assertThat(condition(stale, ConditionType.RECONCILING).orElseThrow().reason())
                .isEqualTo("Unreachable");
    }

    @Test
    void sweepsThatDoNotGetThroughAreToldOnceAndWhenAnotherThingIsInTheirWay() {
        isolate();
        world.simulator().faults().on("DescribeNetworkInterfaces").internalError();
        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
        world.elapse(Duration.ofMinutes(1));
        String told = quarantine().getMetadata().getResourceVersion();

        world.elapse(Duration.ofMinutes(5));
        assertThat(quarantine().getMetadata().getResourceVersion()).isEqualTo(told);

        world.simulator().faults().clear();
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();
        world.await(instance, ConditionType.STALLED, Status.TRUE, "Denied");
        world.elapse(Duration.ofMinutes(1));
        String toldAnew = quarantine().getMetadata().getResourceVersion();

        world.elapse(Duration.ofMinutes(5));
        assertThat(quarantine().getMetadata().getResourceVersion()).isEqualTo(toldAnew);
    }

    @Test
    void aPartialReadIsNoRead() {
        isolate();
        world.world().pageSize(1);
        world.region().attach(instance, details -> details.groups(scene.targetSecurityGroup()));
        world.simulator().faults().on("DescribeNetworkInterfaces").fromPage(2).internalError();

        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
        assertThat(quarantine().getStatus().interfaces()).hasSize(1);

        world.simulator().faults().clear();
        world.await(
                instance,
                "two interfaces isolated",
                object -> object.getStatus().interfaces().size() == 2 && isTrue(object, ConditionType.VERIFIED));
    }

    @Test
    void theReadThatVerifiesComesAfterTheLastChange() {
        isolate();

        List<Call> calls = world.simulator().calls().all();
        int lastSwap = lastIndex(calls, "ModifyNetworkInterfaceAttribute");
        assertThat(calls.subList(lastSwap, calls.size()))
                .extracting(Call::action)
                .contains("DescribeNetworkInterfaces", "DescribeSecurityGroups");
        Instant swapped = calls.get(lastSwap).at();
        assertThat(printed()).hasValueSatisfying(read -> assertThat(read).isAfterOrEqualTo(swapped));
    }

    @Test
    void aQuietInstanceIsReadEveryIntervalAndWrittenAboutRarely() {
        isolate();
        Instant printed = printed().orElseThrow();
        world.elapse(Duration.ofMinutes(1));
        String version = quarantine().getMetadata().getResourceVersion();
        long mark = world.simulator().calls().mark();

        world.elapse(Duration.between(
                world.clock().instant(), printed.plus(Duration.ofMinutes(4).plusSeconds(50))));

        assertThat(quarantine().getMetadata().getResourceVersion()).isEqualTo(version);
        assertThat(world.calls("DescribeNetworkInterfaces", mark)).isBetween(3L, 5L);
        assertThat(world.calls("DescribeInstances", mark)).isZero();

        world.await(
                instance,
                "printed anew",
                object -> !version.equals(object.getMetadata().getResourceVersion()));
    }

    @Test
    void whatSomebodyPutsBackIsFoundCountedAndUndone() {
        isolate();
        String isolationGroup = group();
        String second = world.region()
                .attach(instance, details -> details.groups(scene.targetSecurityGroup()))
                .id();
        String first = world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(first, scene.targetSecurityGroup());

        QuarantinedInstance object = world.await(
                instance, "repaired", found -> driftCount(found) == 1 && isTrue(found, ConditionType.VERIFIED));

        assertThat(world.region().groupsOf(instance))
                .hasSize(2)
                .allSatisfy((_, groups) -> assertThat(groups).containsExactly(isolationGroup));
        assertThat(drift(object))
                .hasValueSatisfying(detail ->
                        assertThat(detail).contains(first).contains(second).contains(scene.targetSecurityGroup()));
        assertThat(object.getStatus().interfaces())
                .filteredOn(each -> each.id().equals(second))
                .singleElement()
                .satisfies(each -> assertThat(each.baseline()).containsExactly(scene.targetSecurityGroup()));
    }

    @Test
    void whatWasFoundChangedIsToldAsAnEventEvenWhereItWasUndoneAtOnce() {
        isolate();
        String first = world.region().interfacesOf(instance).getFirst().id();
        world.region().setGroups(first, scene.targetSecurityGroup());

        world.await(instance, "repaired", found -> driftCount(found) == 1 && isTrue(found, ConditionType.VERIFIED));

        Eventually.get(
                "the event",
                () -> world.client().events().v1().events().inAnyNamespace().list().getItems().stream()
                        .filter(event -> "DriftFound".equals(event.getReason()))
                        .filter(event -> event.getNote().contains(first + " is in ")
                                && event.getNote().contains("undone"))
                        .findFirst(),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> "no event DriftFound");
    }

    @Test
    void passesThatFailLeaveNoVerificationStandingThatIsNoLongerValid() {
        AtomicBoolean refusing = new AtomicBoolean();
        Set<Thread> refused = ConcurrentHashMap.newKeySet();
        // The first write of every pass: what a pass found out is refused, what it says of that is not.
        isolate(new BeforeEachWrite(write -> {
            if (refusing.get()
                    && write.action().equals("kubernetes:patchStatus")
                    && write.target().contains(instance)
                    && refused.add(Thread.currentThread())) {
                throw new KubernetesClientException("too many interfaces");
            }
        }));
        refusing.set(true);
        world.region().attach(instance, details -> details.groups(scene.targetSecurityGroup()));
        world.elapse(Duration.ofMinutes(2));

        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
    }

    @Test
    void aRuleAddedToTheIsolationGroupIsTakenAway() {
        isolate();
        String group = group();
        world.region().addRule(group, Permission.all(false, "0.0.0.0/0"));

        world.await(instance, "repaired", found -> driftCount(found) == 1 && isTrue(found, ConditionType.VERIFIED));

        assertThat(world.region().groupOf(group).rules()).isEmpty();
    }

    @Test
    void transitionsAreToldAsEventsOnceEach() {
        isolate();
        world.elapse(Duration.ofMinutes(3));
        world.stopOperator();
        world.startOperator();
        world.elapse(Duration.ofMinutes(3));

        List<Event> events = world.client()
                .events()
                .v1()
                .events()
                .inNamespace("default")
                .list()
                .getItems();
        assertThat(events)
                .filteredOn(event -> instance.equals(event.getRegarding().getName()))
                .extracting(Event::getReason)
                .containsExactlyInAnyOrder("Opened", "Isolated", "Verified");
        assertThat(events)
                .filteredOn(event -> event.getReason().equals("Opened"))
                .extracting(Event::getNote)
                .singleElement()
                .asString()
                .matches("Opened by policy [a-z-]+ for finding [0-9a-f]{32}\\.");
    }

    @Test
    void aRestartClaimsNothingThatTheLastProcessDidNotRead() {
        isolate();
        world.stopOperator();
        world.region()
                .setGroups(world.region().interfacesOf(instance).getFirst().id(), scene.targetSecurityGroup());

        world.startOperator();

        world.await(instance, "repaired", found -> driftCount(found) == 1 && isTrue(found, ConditionType.VERIFIED));
    }

    @Test
    void whatWasFoundDifferentIsNotCalledVerifiedAgainWithoutARead() {
        isolate();
        List<Status> seen = new CopyOnWriteArrayList<>();
        try (Watch _ = record(ConditionType.VERIFIED, seen)) {
            world.simulator().faults().on("RevokeSecurityGroupIngress").deny();
            world.region().addRule(group(), Permission.all(false, "0.0.0.0/0"));
            world.await(instance, ConditionType.VERIFIED, Status.FALSE, "IsolationGroupHasRules");
            seen.clear();

            long generation = touch();
            world.await(
                    instance,
                    "looked at after the edit",
                    object -> Long.valueOf(generation).equals(object.getStatus().observedGeneration()));
            world.stopOperator();
            long mark = world.simulator().calls().mark();
            world.startOperator();
            world.awaitCalls("DescribeInstances", mark, 2);

            assertThat(seen).isNotEmpty().doesNotContain(Status.TRUE);
        }

        world.simulator().faults().clear();
        world.await(instance, ConditionType.VERIFIED, Status.TRUE, "Verified");
    }

    @Test
    void aGroupThatAPersonEmptiesBecauseTheOperatorMayNotIsBelievedToBeEmpty() {
        isolate();
        world.simulator().faults().on("RevokeSecurityGroupIngress").deny();
        world.region().addRule(group(), Permission.all(false, "0.0.0.0/0"));
        world.await(instance, ConditionType.VERIFIED, Status.FALSE, "IsolationGroupHasRules");

        world.region().removeRules(group());

        world.elapse(Duration.ofMinutes(3));
        List<Status> seen = new CopyOnWriteArrayList<>();
        try (Watch _ = record(ConditionType.VERIFIED, seen)) {
            world.elapse(Duration.ofMinutes(10));
            assertThat(seen).isNotEmpty().containsOnly(Status.TRUE);
        }
    }

    @Test
    void aLookThatFailedHalfwayIsMadeAgainWithoutWaitingForAnotherSweep() {
        AtomicBoolean failing = new AtomicBoolean();
        AtomicInteger failed = new AtomicInteger();
        isolate(new BeforeEachWrite(write -> {
            if (write.action().equals("kubernetes:patchStatus")
                    && write.target().contains(instance)
                    && failing.getAndSet(false)) {
                failed.incrementAndGet();
                throw new KubernetesClientException("the API server is away for a moment");
            }
        }));
        world.region().attach(instance, details -> details.groups(scene.targetSecurityGroup()));
        failing.set(true);
        Eventually.holds(
                "the status to be refused",
                () -> failed.get() > 0,
                () -> world.clock().advance(Duration.ofSeconds(1)),
                () -> quarantine().toString());

        // The clock stands still: no sweep comes to help.
        Eventually.holds(
                "the second interface isolated",
                () -> world.region().groupsOf(instance).values().stream().allMatch(List.of(group())::equals),
                () -> {},
                () -> world.region().groupsOf(instance).toString());
    }

    @Test
    void aNewProcessThatCannotReadBelievesThePrintedTimeForTwoIntervalsOnly() {
        isolate();
        world.stopOperator();
        world.simulator().faults().on("DescribeNetworkInterfaces").deny();
        Instant printedValidity = Optional.ofNullable(quarantine().getStatus().verification())
                .map(VerificationStatus::validUntilTime)
                .orElseThrow();

        world.startOperator();

        world.await(instance, ConditionType.VERIFIED, Status.UNKNOWN, "Stale");
        assertThat(world.clock().instant()).isBefore(printedValidity);
    }

    /** Acts before every write. */
    private record BeforeEachWrite(Consumer<WriteHooks.Write> act) implements WriteHooks {
        @Override
        public void before(Write write) {
            act.accept(write);
        }

        @Override
        public void after(Write write) {}
    }

    private void isolate() {
        isolate(WriteHooks.NONE);
    }

    private void isolate(WriteHooks hooks) {
        world.cluster().create(Policies.workshop());
        world.startOperator(hooks);
        scene.compromise(world.world());
        world.awaitVerified(instance);
    }

    /** Changes nothing but the generation; answers the new one. */
    private long touch() {
        return world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"decision\":{\"reason\":\"looking\"}}}")
                .getMetadata()
                .getGeneration();
    }

    private Watch record(ConditionType type, List<Status> seen) {
        return world.client()
                .resources(QuarantinedInstance.class)
                .withName(instance)
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, QuarantinedInstance object) {
                        condition(object, type)
                                .flatMap(condition -> Optional.ofNullable(condition.status()))
                                .ifPresent(seen::add);
                    }

                    @Override
                    public void onClose(WatcherException cause) {}
                });
    }

    private QuarantinedInstance quarantine() {
        return world.quarantine(instance).orElseThrow();
    }

    private String group() {
        return world.isolationGroup(instance);
    }

    private Optional<Instant> printed() {
        return Optional.ofNullable(quarantine().getStatus().verification()).map(VerificationStatus::lastVerifiedTime);
    }

    private static int driftCount(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().verification())
                .map(VerificationStatus::driftCount)
                .orElse(0);
    }

    private static Optional<String> drift(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus().verification())
                .map(VerificationStatus::lastDrift)
                .map(Drift::detail);
    }

    private static int lastIndex(List<Call> calls, String action) {
        for (int index = calls.size() - 1; index >= 0; index--) {
            if (calls.get(index).action().equals(action)) {
                return index;
            }
        }
        throw new AssertionError("no " + action);
    }
}
