package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.ingest.FindingIntake;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.Faults.Fault;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Request;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How findings are read, and what that costs. */
class PollTest {
    private static final String UPDATED_SINCE = "findingCriteria.criterion.updatedAt.greaterThanOrEqual";

    private final OperatorWorld world = new OperatorWorld();
    private final WorkshopScene scene = WorkshopScene.build(world.world());

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void everyReadOverlapsTheOneBeforeAndStartsAtTheNewestFindingThatIsStored() {
        world.cluster().create(Policies.workshop());
        Instant seen = world.clock().instant();
        scene.compromise(world.world());
        world.startOperator();
        world.awaitVerified(scene.compromisedInstance());
        long mark = world.simulator().calls().mark();

        world.awaitCalls("ListFindings", mark, 1);

        Call list = world.simulator().calls().since(mark).stream()
                .filter(call -> call.action().equals("ListFindings"))
                .findFirst()
                .orElseThrow();
        assertThat(list.param(UPDATED_SINCE))
                .isEqualTo(Long.toString(seen.minus(Duration.ofMinutes(5)).toEpochMilli()));
    }

    @Test
    void aReplayChangesNothing() {
        world.cluster().create(Policies.workshop());
        scene.compromise(world.world());
        world.startOperator();
        QuarantinedInstance before = world.awaitVerified(scene.compromisedInstance());
        world.stopOperator();
        long mark = world.simulator().calls().mark();

        world.startOperator();
        world.awaitCalls("GetFindings", mark, 2);

        QuarantinedInstance after =
                world.quarantine(scene.compromisedInstance()).orElseThrow();
        assertThat(after.getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration());
        assertThat(after.getStatus().interfaces()).isEqualTo(before.getStatus().interfaces());
        assertThat(world.simulator().calls().since(mark)).noneMatch(Call::isWrite);
    }

    @Test
    void policiesThatShareASourceShareItsReads() {
        world.cluster().create(Policies.workshop());
        world.cluster().create(Policies.policy("another", "DryRun", "*", ""));
        Instant start = world.clock().instant();
        world.startOperator();

        world.awaitCalls("ListFindings", 0, 3);

        long rounds = Duration.between(start, world.clock().instant()).toSeconds() / 15 + 1;
        assertThat(world.calls("ListFindings", 0)).isLessThanOrEqualTo(rounds);
        assertThat(world.calls("ListDetectors", 0)).isEqualTo(1);
    }

    @Test
    void everyPageIsReadAndEveryFindingOpened() {
        world.world().pageSize(7);
        List<String> instances = IntStream.range(0, 40)
                .mapToObj(number -> world.region()
                        .instance("web-" + number)
                        .in(world.region().vpc())
                        .launch()
                        .id())
                .toList();
        instances.forEach(id -> world.region().finding(FindingTemplate.bitcoinDns(id, "pool.example")));
        world.cluster().create(Policies.policy("watch", "DryRun", "*", ""));

        world.startOperator();

        Eventually.holds(
                "forty quarantines",
                () -> world.client()
                                .resources(QuarantinedInstance.class)
                                .list()
                                .getItems()
                                .size()
                        == 40,
                () -> world.clock().advance(Duration.ofMillis(100)),
                () -> world.simulator().calls().all().toString());
    }

    @Test
    void theTagsOfAllInstancesOfAPageAreReadInOneCall() {
        instancesWithFindings(50, _ -> Duration.ZERO);
        world.cluster().create(tagged());
        world.startOperator();

        world.awaitCalls("ListFindings", 0, 2);

        assertThat(world.calls("DescribeInstances", 0)).isEqualTo(1);
    }

    @Test
    void theTagsOfAllInstancesThatWaitAreReadInOneCall() {
        List<String> instances = instancesWithFindings(50, _ -> Duration.ZERO);
        Fault failing = world.simulator().faults().on("DescribeInstances").internalError();
        world.cluster().create(tagged());
        world.startOperator();
        awaitWaiting(true);
        world.elapse(Duration.ofMinutes(1));
        assertThat(world.simulator().calls().all())
                .filteredOn(call -> call.action().equals("DescribeInstances"))
                .allSatisfy(call -> assertThat(call.param("Filter.1.Value.50")).isNotEmpty());
        failing.remove();
        long mark = world.simulator().calls().mark();

        awaitWaiting(false);

        assertThat(world.calls("DescribeInstances", mark)).isEqualTo(1);
        assertThat(instances).noneMatch(each -> world.quarantine(each).isPresent());
    }

    @Test
    void onlyWhatAFilterDoesNotShowIsReadByItsId() {
        instancesWithFindings(10, _ -> Duration.ZERO);
        // No instance id, and as the value of a filter every instance of the account.
        world.region().finding(FindingTemplate.bitcoinDns("i-*", "pool.example"));
        world.region().finding(FindingTemplate.bitcoinDns("i-0123456789abcdef0", "pool.example"));
        world.cluster().create(tagged());
        world.startOperator();

        world.awaitCalls("GetFindings", 0, 1);
        awaitWaiting(true);

        List<Call> calls = world.simulator().calls().all().stream()
                .filter(call -> call.action().equals("DescribeInstances"))
                .toList();
        assertThat(calls.getFirst().param("Filter.1.Value.11")).isNotEmpty();
        assertThat(calls.getFirst().param("Filter.1.Value.12")).isEmpty();
        assertThat(calls.get(1).param("InstanceId.1")).isEqualTo("i-0123456789abcdef0");
        assertThat(calls).extracting(call -> call.param("InstanceId.1")).containsOnly("", "i-0123456789abcdef0");
    }

    private static String tagged() {
        return Policies.policy("tagged", "Enforce", "*", "instanceTags: {include: [{key: nobody-has-this}]}");
    }

    private void awaitWaiting(boolean waiting) {
        world.awaitPolicy(
                "tagged",
                waiting ? "waits for tags" : "waits no more",
                policy -> !policy.getStatus().sources().isEmpty()
                        && policy.getStatus().sources().stream()
                                .allMatch(source -> waiting
                                        == String.valueOf(source.message()).contains("waits for the tags")));
    }

    @Test
    void aFindingWhoseDecisionIsNotStoredHoldsNoCursorAndIsOpenedInTheEnd() {
        String unreadable = scene.compromisedInstance();
        world.simulator()
                .faults()
                .on("DescribeInstances")
                .param("Filter.1.Value.1", unreadable)
                .deny();
        world.cluster().create(Policies.policy("tagged", "Enforce", "*", "instanceTags: {exclude: [{key: keep-out}]}"));
        world.startOperator();
        world.awaitCalls("ListFindings", 0, 1);
        world.region().finding(FindingTemplate.bitcoinDns(unreadable, "pool.example"));
        Instant first = world.clock().instant();
        world.elapse(Duration.ofMinutes(8));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));
        world.awaitVerified(scene.compromisedInstance2());
        long mark = world.simulator().calls().mark();
        world.awaitCalls("ListFindings", mark, 2);

        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.action().equals("ListFindings"))
                .allSatisfy(call ->
                        assertThat(Long.parseLong(call.param(UPDATED_SINCE))).isGreaterThan(first.toEpochMilli()));
        assertThat(world.quarantine(unreadable)).isEmpty();
        world.simulator().faults().clear();
        world.awaitVerified(unreadable);
    }

    @Test
    void aFindingWhoseDecisionCannotBeStoredDoesNotBecomeTooOldMeanwhile() {
        refusedForLongerThanAPolicyLooksBack();

        world.cluster().refuseNothing();

        world.awaitVerified(scene.compromisedInstance());
    }

    @Test
    void aFindingThatBecameTooOldBeforeAProcessEndedIsPutBeforeAPersonByTheNext() {
        refusedForLongerThanAPolicyLooksBack();
        world.stopOperator();

        world.cluster().refuseNothing();
        world.startOperator();

        world.await(scene.compromisedInstance(), ConditionType.READY, Status.FALSE, "AwaitingApproval");
        assertThat(world.quarantine(scene.compromisedInstance2())).isEmpty();
    }

    /** One that was stored before and whose quarantine was deleted is older still, and is nobody's business any more. */
    private void refusedForLongerThanAPolicyLooksBack() {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", "300");
        world.cluster().create(Policies.policy("hour", "Enforce", "*", "maxAgeSeconds: 3600"));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));
        world.startOperator();
        world.awaitVerified(scene.compromisedInstance2());
        world.client()
                .resources(QuarantinedInstance.class)
                .withName(scene.compromisedInstance2())
                .delete();
        world.awaitGone(scene.compromisedInstance2());
        world.cluster().refuse(scene.compromisedInstance());
        world.clock().advance(Duration.ofHours(2));
        scene.compromise(world.world());
        world.awaitPolicy(
                "hour",
                "says that it is not stored",
                policy -> policy.getStatus().sources().stream()
                        .anyMatch(source -> String.valueOf(source.message()).contains("could not be stored")));
        // Two hours of polls, each of which is refused; more findings move the cursor past the one that waits.
        world.elapse(Duration.ofMinutes(10));
        world.clock().advance(Duration.ofHours(2));
        // Until between two polls: one under way would store what is refused no more.
        world.elapse(Duration.ofMinutes(12));
        assertThat(world.quarantine(scene.compromisedInstance())).isEmpty();
    }

    @Test
    void aReadThatIsBrokenOffGoesOnWhereItWasEvenWhereAllFindingsAreOfOneTime() {
        List<String> instances = manyPagesOfWhichAreThrottled(everyThird());

        world.startOperator();

        instances.forEach(this::awaitQuarantine);
    }

    @Test
    void whereTheTokenHasExpiredTheReadGoesOnFromTheCursor() {
        world.world().pageSize(5);
        List<String> instances = instancesWithFindings(30, number -> Duration.ofSeconds(30 - number));
        AtomicBoolean broken = new AtomicBoolean();
        world.simulator()
                .faults()
                .on("ListFindings", request -> broken.getAndSet(false) && isFurtherPage(request))
                .error("BadRequestException", 400, "The parameter nextToken has an invalid value.");
        Predicate<Request> third = everyThird();
        world.simulator()
                .faults()
                .on("ListFindings", request -> {
                    boolean now = third.test(request);
                    broken.set(now);
                    return now;
                })
                .throttle();
        world.cluster().create(Policies.policy("watch", "DryRun", "*", ""));

        world.startOperator();

        instances.forEach(this::awaitQuarantine);
    }

    @Test
    void whatWaitsIsStoredAsItIsKnownWhereGuardDutyShowsItNoMore() {
        world.simulator().faults().on("DescribeInstances").throttle();
        world.cluster().create(Policies.workshop());
        world.startOperator();
        scene.compromise(world.world());
        world.awaitPolicy(
                "malicious-ip-callers",
                "with a finding that waits",
                policy -> Conditions.find(policy.getStatus().conditions(), ConditionType.SOURCES_REACHABLE)
                        .filter(found -> "TagsUnreadable".equals(found.reason()))
                        .isPresent());
        world.simulator().faults().clear();
        world.simulator().faults().on("GetFindings").deny();

        world.awaitVerified(scene.compromisedInstance());
    }

    @Test
    void aFindingThatIsNotStoredIsOpenedInTheEndAlsoWhereItsReadIsBrokenOff() {
        world.world().pageSize(1);
        String unreadable = scene.compromisedInstance();
        world.simulator()
                .faults()
                .on("DescribeInstances")
                .param("Filter.1.Value.1", unreadable)
                .deny();
        Instant first = world.clock().instant().minus(Duration.ofMinutes(20));
        world.region()
                .finding(FindingTemplate.bitcoinDns(unreadable, "pool.example").at(first));
        world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));
        Fault cut = world.simulator()
                .faults()
                .on("ListFindings", PollTest::isFurtherPage)
                .times(1)
                .internalError();
        world.cluster().create(Policies.policy("tagged", "Enforce", "*", "instanceTags: {exclude: [{key: keep-out}]}"));
        world.startOperator();
        world.awaitVerified(scene.compromisedInstance2());
        assertThat(cut.hits()).isEqualTo(1);
        long mark = world.simulator().calls().mark();

        world.awaitCalls("ListFindings", mark, 4);

        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.action().equals("ListFindings"))
                .allSatisfy(call ->
                        assertThat(Long.parseLong(call.param(UPDATED_SINCE))).isGreaterThan(first.toEpochMilli()));
        world.simulator().faults().clear();
        awaitQuarantine(unreadable);
    }

    @Test
    void aFullReadThatIsDueWaitsForTheEndOfAReadThatWasBrokenOff() {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", "3600");
        List<String> instances = manyPagesOfWhichAreThrottled(everyThird());

        world.startOperator();

        awaitEach(instances);
    }

    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            seconds between polls , said
            15                    , false
            3600                  , true
            """)
    void aReadThatGetsOnAtTheAccountsPaceIsAFailureOnlyWhenItTakesTooLong(int interval, boolean said) {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", Integer.toString(interval));
        List<String> instances = manyPagesOfWhichAreThrottled(everyThird());
        Set<String> messages = new HashSet<>();

        world.startOperator();
        Eventually.holds(
                "every finding's quarantine",
                () -> instances.stream().allMatch(each -> world.quarantine(each).isPresent()),
                () -> {
                    Optional.ofNullable(world.client()
                                    .resources(IsolationPolicy.class)
                                    .withName("watch")
                                    .get()
                                    .getStatus())
                            .ifPresent(status ->
                                    status.sources().forEach(each -> messages.add(String.valueOf(each.message()))));
                    world.clock().advance(Duration.ofSeconds(interval).dividedBy(60));
                },
                messages::toString);

        assertThat(messages.stream().anyMatch(each -> each.contains("rate limit")))
                .isEqualTo(said);
    }

    @Test
    void aThrottledPageIsNoExpiredTokenHoweverLongTheReadLasts() {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", "3600");
        AtomicInteger count = new AtomicInteger();
        List<String> instances = manyPagesOfWhichAreThrottled(_ -> count.getAndIncrement() % 4 >= 2);

        world.startOperator();

        awaitEach(instances);
    }

    @Test
    void aReplayIsNoSecondDecisionInTheLog() {
        try (LogCapture log = new LogCapture(FindingIntake.class)) {
            world.cluster().create(Policies.workshop());
            world.startOperator();
            String finding = scene.compromise(world.world());
            world.awaitVerified(scene.compromisedInstance());

            world.cluster().create(Policies.policy("another", "DryRun", "*", ""));
            Eventually.holds(
                    "the replay",
                    () -> !log.messages(Level.DEBUG, finding).isEmpty(),
                    () -> world.clock().advance(Duration.ofMillis(200)),
                    () -> log.messages(Level.INFO, "").toString());

            assertThat(log.messages(Level.DEBUG, finding))
                    .allSatisfy(line -> assertThat(line).contains("ignore (the quarantine lists it already)"));
            assertThat(log.messages(Level.INFO, finding))
                    .singleElement()
                    .satisfies(line -> assertThat(line).contains("open by malicious-ip-callers (Enforce)"));
        }
    }

    @Test
    void moreFindingsThanAQuarantineListsAreNotListedInTurnByEveryFullRead() {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", "900");
        String instance = scene.compromisedInstance();
        IntStream.range(0, 25)
                .forEach(number -> world.region().finding(FindingTemplate.bitcoinDns(instance, "pool.example")));
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        world.awaitVerified(instance);
        world.elapse(Duration.ofMinutes(1));
        QuarantinedInstance before = world.quarantine(instance).orElseThrow();
        assertThat(before.getSpec().findings()).hasSize(20);

        fullReads(2);
        world.stopOperator().startOperator();
        fullReads(1);

        assertThat(world.quarantine(instance).orElseThrow().getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration());
    }

    private void fullReads(int count) {
        long mark = world.simulator().calls().mark();
        Instant young = world.clock().instant().minus(Duration.ofHours(12));
        Eventually.holds(
                count + " full reads",
                () -> world.simulator().calls().since(mark).stream()
                                .filter(call -> call.action().equals("ListFindings"))
                                .filter(call -> Instant.ofEpochMilli(Long.parseLong(call.param(UPDATED_SINCE)))
                                        .isBefore(young))
                                .count()
                        >= count,
                () -> world.tick(Duration.ofMinutes(1)),
                () -> world.simulator().calls().since(mark).toString());
        world.elapse(Duration.ofMinutes(1));
    }

    @Test
    void anIsolationTakesAtMostThreeCallsAndTwoForEachInterfaceWhenItsGroupExists() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        scene.compromise(world.world());
        world.awaitVerified(scene.compromisedInstance());
        String victim = scene.compromisedInstance2();
        world.region().attach(victim, details -> details.groups(scene.targetSecurityGroup()));
        long mark = world.simulator().calls().mark();

        world.region().finding(FindingTemplate.bitcoinDns(victim, "pool.example"));
        world.awaitVerified(victim);

        List<Call> calls = world.simulator().calls().since(mark);
        int answered = index(calls, "GetFindings");
        int lastSwap = index(calls, "ModifyNetworkInterfaceAttribute") + 1;
        assertThat(calls.subList(answered, lastSwap + 1))
                .filteredOn(call -> call.service().equals("ec2"))
                .hasSizeLessThanOrEqualTo(3 + 2 * 2)
                .extracting(Call::action)
                .doesNotContain("CreateTags", "ModifyInstanceAttribute");
    }

    @Test
    void whatAFindingOpenedAndSomebodyDeletedIsOpenedAgainByTheNextFullRead() {
        world.setting("OPERATOR_POLL_INTERVAL_SECONDS", "900");
        world.cluster().create(Policies.workshop());
        scene.compromise(world.world());
        world.startOperator();
        String instance = scene.compromisedInstance();
        world.awaitVerified(instance);
        world.client().resources(QuarantinedInstance.class).withName(instance).delete();
        world.awaitGone(instance);

        Eventually.holds(
                "the quarantine again",
                () -> world.quarantine(instance).isPresent(),
                () -> world.clock().advance(Duration.ofMinutes(1)),
                () -> world.simulator().calls().all().toString());
    }

    @Test
    void aFindingFromTheFutureHidesNoneThatComesAfterIt() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        world.region()
                .finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example")
                        .at(world.clock().instant().plus(Duration.ofHours(1))));
        awaitQuarantine(scene.compromisedInstance2());

        scene.compromise(world.world());

        awaitQuarantine(scene.compromisedInstance());
    }

    @Test
    void whatGuardDutyListsAndDoesNotShowIsSaidAndReadAgain() {
        world.cluster().create(Policies.enforcing("all", "*"));
        world.startOperator();
        String hidden =
                world.region().finding(FindingTemplate.bitcoinDns(scene.compromisedInstance2(), "pool.example"));
        world.region().withhold(hidden);
        world.elapse(Duration.ofMinutes(8));
        scene.compromise(world.world());
        awaitQuarantine(scene.compromisedInstance());
        world.awaitPolicy(
                "all",
                "says what is missing",
                policy -> policy.getStatus().sources().stream()
                        .anyMatch(source -> String.valueOf(source.message()).contains(hidden)));

        world.region().show(hidden);

        awaitQuarantine(scene.compromisedInstance2());
    }

    @Test
    void aPolicyThatIsPausedInTheMiddleOfAReadOpensNoMore() {
        world.world().pageSize(1);
        List<String> instances = instancesWithFindings(3, number -> Duration.ofSeconds(30 - number));
        Fault held = world.simulator()
                .faults()
                .on("ListFindings", PollTest::isFurtherPage)
                .hold();
        world.cluster().create(Policies.policy("watch", "DryRun", "*", ""));
        world.startOperator();
        awaitQuarantine(instances.getFirst());

        world.client()
                .resources(IsolationPolicy.class)
                .withName("watch")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"mode\":\"Paused\"}}");
        world.awaitPolicy(
                "watch",
                "seen paused",
                policy -> policy.getMetadata()
                        .getGeneration()
                        .equals(policy.getStatus().observedGeneration()));
        held.remove();
        world.awaitCalls("GetFindings", 0, 3);
        world.elapse(Duration.ofMinutes(1));

        assertThat(instances)
                .filteredOn(each -> world.quarantine(each).isPresent())
                .containsExactly(instances.getFirst());
    }

    private List<String> manyPagesOfWhichAreThrottled(Predicate<Request> which) {
        world.world().pageSize(5);
        world.simulator().faults().on("ListFindings", which).throttle();
        world.cluster().create(Policies.policy("watch", "DryRun", "*", ""));
        return instancesWithFindings(30, _ -> Duration.ZERO);
    }

    private List<String> instancesWithFindings(int count, IntFunction<Duration> age) {
        return IntStream.range(0, count)
                .mapToObj(number -> {
                    String id = world.region()
                            .instance("web-" + number)
                            .in(world.region().vpc())
                            .launch()
                            .id();
                    world.region()
                            .finding(FindingTemplate.bitcoinDns(id, "pool.example")
                                    .at(world.clock().instant().minus(age.apply(number))));
                    return id;
                })
                .toList();
    }

    /** Minute by minute, for what is polled by the hour. */
    private void awaitEach(List<String> instances) {
        Eventually.holds(
                "every finding's quarantine",
                () -> instances.stream().allMatch(each -> world.quarantine(each).isPresent()),
                () -> world.clock().advance(Duration.ofMinutes(1)),
                () -> world.simulator().calls().all().toString());
    }

    private void awaitQuarantine(String instance) {
        Eventually.holds(
                "the quarantine of " + instance,
                () -> world.quarantine(instance).isPresent(),
                () -> world.clock().advance(Duration.ofMillis(200)),
                () -> world.simulator().calls().all().toString());
    }

    private static Predicate<Request> everyThird() {
        AtomicInteger count = new AtomicInteger();
        return _ -> count.incrementAndGet() % 3 == 0;
    }

    private static boolean isFurtherPage(Request request) {
        return request.page() > 1;
    }

    private static int index(List<Call> calls, String action) {
        return IntStream.range(0, calls.size())
                .filter(index -> calls.get(index).action().equals(action))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + action + " in " + calls));
    }
}
