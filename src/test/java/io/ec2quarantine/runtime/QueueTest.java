package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import ch.qos.logback.classic.Level;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.Condition.Status;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Queue;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.testing.Eventually;
import io.ec2quarantine.testing.LogCapture;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A queue makes findings come sooner than the next poll, and does nothing else, whoever sends to it. */
class QueueTest {
    private static final String POLICY = "told-by-queue";
    private static final String HERE = OperatorWorld.REGION;
    private static final String ACCOUNT = OperatorWorld.ACCOUNT;
    private static final Duration TICK = Duration.ofSeconds(1);

    private final OperatorWorld world = new OperatorWorld().setting("OPERATOR_POLL_INTERVAL_SECONDS", "3600");
    private final RegionWorld region = world.region();
    private final WorkshopScene scene = WorkshopScene.build(world.world());
    private final String instance = scene.compromisedInstance();
    private final Queue queue = region.queue("findings");

    @AfterEach
    void end() {
        world.close();
    }

    // --- what it gains

    @Test
    void aFindingThatComesByTheQueueIsIsolatedBeforeTheNextPollIsDue() {
        region.sendFindingsTo(queue);
        startWatching();
        long mark = world.simulator().calls().mark();

        region.finding(finding(instance));

        world.awaitVerified(instance);
        awaitEmptied();
        assertThat(world.calls("ListFindings", mark)).isZero();
        assertThat(world.calls("GetFindings", mark)).isEqualTo(1);
    }

    @Test
    void theSameFindingIsReadByThePollsWhereNoMessageCame() {
        startWatching();
        region.finding(finding(instance));

        world.clock().advance(Duration.ofHours(1));

        world.awaitVerified(instance);
    }

    @Test
    void aFindingThatChangedIsReadAgain() {
        region.sendFindingsTo(queue);
        startWatching();
        String id = region.finding(finding(instance));
        world.awaitVerified(instance);
        awaitEmptied();

        world.world().seenAgain(id);

        awaitEmptied();
        assertThat(queue.sent()).hasSize(2);
        assertThat(world.quarantine(instance).orElseThrow().getSpec().findings())
                .hasSize(1);
    }

    static Stream<Arguments> wrappings() {
        return Stream.of(
                argumentSet("an event of EventBridge", "{\"detail-type\": \"GuardDuty Finding\", \"detail\": %s}"),
                argumentSet("the detail alone", "%s"),
                argumentSet(
                        "a notification of SNS",
                        "{\"Type\": \"Notification\", \"Message\": \"{\\\"detail\\\": %s}\"}"));
    }

    @ParameterizedTest
    @MethodSource("wrappings")
    void aFindingIsRecognisedHoweverItIsWrapped(String wrapping) {
        startWatching();
        String claim = claim(region.finding(finding(instance)), ACCOUNT, HERE);

        queue.send(wrapping.formatted(
                wrapping.contains("SNS") || wrapping.contains("Message") ? claim.replace("\"", "\\\"") : claim));

        world.awaitVerified(instance);
    }

    @Test
    void aStormOfMessagesIsReadInBatchesOfOneCallEach() {
        startWatching("safeguards: {maxActive: 1000, maxPerHour: 1000}", "");
        List<String> instances = IntStream.range(0, 40)
                .mapToObj(number -> region.instance("web-" + number)
                        .in(region.vpcOf(scene.vpc()))
                        .launch()
                        .id())
                .toList();
        List<String> claims = instances.stream()
                .map(each -> claim(region.finding(finding(each)), ACCOUNT, HERE))
                .toList();
        long mark = world.simulator().calls().mark();

        claims.forEach(queue::send);
        claims.forEach(queue::send);
        awaitEmptied();

        assertThat(instances).allMatch(each -> world.quarantine(each).isPresent());
        assertThat(world.calls("GetFindings", mark)).isLessThanOrEqualTo(6);
        assertThat(world.calls("ListFindings", mark)).isZero();
    }

    // --- a message is a claim

    static Stream<Arguments> forgeries() {
        return Stream.of(
                argumentSet("a finding that there is not", claim("0".repeat(32), ACCOUNT, HERE)),
                argumentSet("another account than the finding's", claim("THE-FINDING", "999988887777", HERE)),
                argumentSet("a Region that no source watches", claim("THE-FINDING", ACCOUNT, "eu-central-1")),
                argumentSet("a Region that is none", claim("THE-FINDING", ACCOUNT, "us-west-2/../../x")),
                argumentSet("an id that is none", claim("' or 1=1", ACCOUNT, HERE)),
                argumentSet(
                        "an id that is a list",
                        claim("THE-FINDING", ACCOUNT, HERE).replace("\"THE-FINDING\"", "[\"THE-FINDING\"]")),
                argumentSet("no JSON", "isolate THE-FINDING at once"),
                argumentSet("JSON that breaks off", "{\"id\": \"THE-FINDING\", \"accountId\": \"1111"),
                argumentSet("JSON that is no object", "\"THE-FINDING\""),
                argumentSet("nothing", " "),
                argumentSet("JSON without a bottom", "[".repeat(100_000)),
                argumentSet("a number without an end", "{\"id\": " + "9".repeat(100_000) + "}"),
                argumentSet("more than an event holds", claim("THE-FINDING", ACCOUNT, HERE) + " ".repeat(300 * 1024)),
                argumentSet("a notification in a notification", "{\"Message\": \"{\\\"Message\\\": \\\"{}\\\"}\"}"));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void aMessageThatGuardDutyDoesNotConfirmDoesNothingAndIsDeletedInTheEnd(String body) {
        startWatching();
        String id = region.finding(finding(instance));

        queue.send(body.replace("THE-FINDING", id));
        awaitEmptied();

        assertThat(world.quarantine(instance)).isEmpty();
        assertThat(world.simulator().calls().writes()).extracting(Call::action).containsOnly("DeleteMessageBatch");
    }

    @Test
    void anAccountThatNoPolicyMeansIsNotEvenReadAbout() {
        startWatching("", ", accountIDs: ['444455556666']");
        String id = region.finding(finding(instance));
        long mark = world.simulator().calls().mark();

        queue.send(claim(id, ACCOUNT, HERE));
        awaitEmptied();

        assertThat(world.calls("GetFindings", mark)).isZero();
    }

    @Test
    void anArchivedFindingOpensNothingThoughAMessageNamesIt() {
        startWatching();
        String id = region.finding(finding(instance).archived());

        queue.send(claim(id, ACCOUNT, HERE));
        awaitEmptied();

        assertThat(world.quarantine(instance)).isEmpty();
    }

    @Test
    void whatDoesNothingIsLoggedOnceInAWhileAndWithoutItsWords() {
        startWatching();
        try (LogCapture log = new LogCapture("io.ec2quarantine")) {
            for (int wave = 0; wave < 3; wave++) {
                IntStream.range(0, 20).forEach(number -> queue.send("forged by mallory " + number));
                awaitEmptied();
            }

            assertThat(log.messages(Level.WARN, "did nothing")).hasSize(1);
            assertThat(log.everything()).noneMatch(line -> line.contains("mallory"));
        }
    }

    @Test
    void aFloodIsReadAtASteadyPace() {
        startWatching();
        long mark = world.simulator().calls().mark();
        Instant begin = world.clock().instant();

        IntStream.range(0, 600).forEach(number -> queue.send(claim("%032x".formatted(number), ACCOUNT, HERE)));
        Eventually.holds(
                "the flood to be read",
                () -> queue.messages().stream().allMatch(message -> message.receives() > 0),
                () -> world.clock().advance(Duration.ofMillis(50)),
                () -> "");

        long seconds = Duration.between(begin, world.clock().instant()).toSeconds();
        assertThat(world.calls("GetFindings", mark)).isPositive().isLessThanOrEqualTo(seconds + 2);
    }

    @Test
    void howeverManyQueuesAreFloodedThePollsKeepTheirRequests() {
        List<Queue> queues = IntStream.range(0, 30)
                .mapToObj(number -> region.queue("findings-" + number))
                .toList();
        world.cluster()
                .create(policy("", "")
                        .replaceFirst(
                                "sources: .*",
                                "sources: ["
                                        + queues.stream()
                                                .map(each -> "{name: %s, regions: [us-west-2], queueURL: '%s'}"
                                                        .formatted(each.arn().replaceAll(".*:", ""), each.url()))
                                                .collect(Collectors.joining(", "))
                                        + "]"));
        world.startOperator();
        awaitWatching();
        long mark = world.simulator().calls().mark();

        queues.forEach(each -> each.send(claim("0".repeat(32), ACCOUNT, HERE)));
        Eventually.holds(
                "every queue to be read, while the clock stands still",
                () -> world.clock().isAtRest()
                        && queues.stream()
                                .allMatch(each -> each.messages().stream().allMatch(message -> message.receives() > 0)),
                () -> {},
                () -> "");

        assertThat(world.simulator().calls().since(mark))
                .filteredOn(call -> call.service().equals("guardduty"))
                .hasSizeLessThanOrEqualTo(10);
    }

    // --- no finding is lost, and no message before its time

    @Test
    void aMessageIsDeletedOnlyOnceTheDecisionIsStored() {
        region.sendFindingsTo(queue);
        AtomicBoolean storedBefore = new AtomicBoolean();
        writePolicy("", "");
        world.startOperator(before(
                "sqs:DeleteMessage",
                () -> storedBefore.set(world.quarantine(instance).isPresent())));
        awaitWatching();

        region.finding(finding(instance));
        awaitEmptied();

        assertThat(storedBefore).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"kubernetes:create QuarantinedInstance", "sqs:DeleteMessage"})
    void anOperatorThatDiesAtAWriteLeavesTheMessageToTheNext(String write) {
        region.sendFindingsTo(queue);
        AtomicBoolean dead = new AtomicBoolean();
        writePolicy("", "");
        world.startOperator(before(write, () -> {
            dead.set(true);
            throw new Death();
        }));
        awaitWatching();
        region.finding(finding(instance));
        Eventually.holds("its death", dead::get, this::tick, () -> "");
        assertThat(queue.messages()).hasSize(1);
        world.stopOperator();

        world.startOperator();

        world.awaitVerified(instance);
        awaitEmptied();
        assertThat(world.quarantine(instance).orElseThrow().getStatus().episode())
                .satisfies(episode -> assertThat(episode).isNotNull());
        assertThat(world.simulator().calls().of("CreateSecurityGroup")).hasSize(1);
    }

    @Test
    void noMessageIsDeletedWhileTheClusterCannotBeWritten() {
        region.sendFindingsTo(queue);
        startWatching();
        world.cluster().refuse(instance);
        region.finding(finding(instance));
        Eventually.holds(
                "several looks",
                () -> queue.messages().stream().anyMatch(message -> message.receives() > 7),
                this::tick,
                () -> queue.messages().toString());

        world.cluster().refuseNothing();

        world.awaitVerified(instance);
        awaitEmptied();
    }

    @Test
    void whatGuardDutyDoesNotShowYetIsLookedUpAgain() {
        region.sendFindingsTo(queue);
        startWatching();
        String id = "0123456789abcdef".repeat(2);
        region.withhold(id).finding(finding(instance).id(id));
        Eventually.holds(
                "a first look",
                () -> queue.messages().stream().anyMatch(message -> message.receives() > 1),
                this::tick,
                () -> queue.messages().toString());
        assertThat(world.quarantine(instance)).isEmpty();

        region.show(id);

        world.awaitVerified(instance);
        awaitEmptied();
    }

    @Test
    void aGuardDutyThatDoesNotAnswerLosesNoMessage() {
        region.sendFindingsTo(queue);
        startWatching();
        var fault = world.simulator().faults().on("GetFindings").internalError();
        region.finding(finding(instance));
        Eventually.holds(
                "several looks",
                () -> queue.messages().stream().anyMatch(message -> message.receives() > 7),
                this::tick,
                () -> queue.messages().toString());

        fault.remove();

        world.awaitVerified(instance);
        awaitEmptied();
    }

    @Test
    void twoOperatorsThatReadOneQueueIsolateOnce() {
        region.sendFindingsTo(queue);
        startWatching();
        world.startOperator();

        String id = region.finding(finding(instance));
        queue.send(claim(id, ACCOUNT, HERE));
        queue.send(claim(id, ACCOUNT, HERE));

        world.awaitVerified(instance);
        awaitEmptied();
        assertThat(world.simulator().calls().changes())
                .filteredOn(call -> call.action().equals("ModifyNetworkInterfaceAttribute"))
                .hasSizeLessThanOrEqualTo(2);
        assertThat(region.groupsOf(instance).values()).containsOnly(List.of(world.isolationGroup(instance)));
    }

    // --- a queue that cannot be read

    static Stream<Arguments> troubles() {
        return Stream.of(
                argumentSet("denied", "AccessDenied", (Trouble) (world, queue) ->
                        world.simulator().faults().on("ReceiveMessage").deny()),
                argumentSet("gone", "does not exist", (Trouble) (world, queue) -> queue.delete()),
                argumentSet("not answering", "got no answer", (Trouble) (world, queue) ->
                        world.simulator().faults().on("ReceiveMessage").internalError()),
                argumentSet("read only", "sqs:DeleteMessage", (Trouble) (world, queue) -> {
                    world.simulator().faults().on("DeleteMessageBatch").deny();
                    queue.send("nothing");
                }));
    }

    interface Trouble {
        void begin(OperatorWorld world, Queue queue);
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void aQueueThatCannotBeReadIsToldAndThePollsGoOn(String told, Trouble trouble) {
        trouble.begin(world, queue);
        writePolicy("", "");
        world.startOperator();

        IsolationPolicy policy = world.awaitPolicy(
                POLICY,
                "to tell of its queue",
                object -> is(object, ConditionType.SOURCES_REACHABLE, Status.TRUE, "QueueUnreadable"));

        assertThat(is(policy, ConditionType.READY, Status.TRUE, "Watching")).isTrue();
        assertThat(condition(policy, ConditionType.SOURCES_REACHABLE).message())
                .contains(told)
                .contains(queue.url())
                .contains("Findings are polled all the same.");
        assertThat(policy.getStatus().sources().getFirst().message()).contains(told);
        region.finding(finding(instance));
        world.clock().advance(Duration.ofHours(1));
        world.awaitVerified(instance);
    }

    @Test
    void aQueueThatIsReadAgainIsNoMoreToldOf() {
        queue.delete();
        startWatching();
        world.awaitPolicy(
                POLICY,
                "to tell of its queue",
                object -> is(object, ConditionType.SOURCES_REACHABLE, Status.TRUE, "QueueUnreadable"));

        queue.make();

        IsolationPolicy policy = world.awaitPolicy(
                POLICY, "to be well", object -> is(object, ConditionType.SOURCES_REACHABLE, Status.TRUE, "Polled"));
        assertThat(policy.getStatus().sources().getFirst().message()).isNull();
    }

    @Test
    void aQueueThatHoldsItsAnswerBackHoldsUpNothingElse() {
        var held = world.simulator().faults().on("ReceiveMessage").hold();
        startWatching();
        region.finding(finding(instance));

        world.clock().advance(Duration.ofHours(1));

        world.awaitVerified(instance);
        held.remove();
    }

    @Test
    void afterItsStopAnOperatorLeavesWhatComesInTheQueue() {
        startWatching();
        String id = region.finding(finding(instance));
        world.stopOperator();

        queue.send(claim(id, ACCOUNT, HERE));

        assertThat(queue.messages()).hasSize(1);
        assertThat(world.quarantine(instance)).isEmpty();
    }

    // --- whose role, and where

    @Test
    void theSourcesRoleReadsTheQueueWhereItsAddressSaysThatItIs() {
        var administrator = world.world().account("999900001111");
        administrator.role("ec2-quarantine-reader").trusts(ACCOUNT);
        Queue theirs = administrator.region("eu-central-1").queue("findings");
        world.cluster()
                .create(policy("", "")
                        .replace(queue.url(), "https://sqs.eu-central-1.amazonaws.com/999900001111/findings")
                        .replace(
                                "regions:",
                                "roleARN: 'arn:aws:iam::999900001111:role/ec2-quarantine-reader', regions:"));
        theirs.send("nothing");

        world.startOperator();
        Eventually.holds("an empty queue", () -> theirs.messages().isEmpty(), this::tick, () -> "");

        assertThat(world.simulator().calls().of("ReceiveMessage")).isNotEmpty().allSatisfy(call -> {
            assertThat(call.role()).isEqualTo("ec2-quarantine-reader");
            assertThat(call.region()).isEqualTo("eu-central-1");
        });
    }

    @Test
    void whoeverReceivesAMessageReadsItsFindingAsTheSourceItIsOf() {
        RegionWorld theirs = administrators("eu-central-1");
        String elsewhere = theirs.instance("web").in(theirs.vpc()).launch().id();
        startWatchingWithTheAdministrators("[eu-central-1]");
        long mark = world.simulator().calls().mark();

        queue.send(claim(theirs.finding(finding(elsewhere)), "999900001111", "eu-central-1"));
        awaitEmptied();

        assertThat(world.quarantine(elsewhere))
                .as("decided upon before its message was deleted")
                .isPresent();
        assertThat(world.calls("ListFindings", mark)).isZero();
    }

    @Test
    void aMessageOfARegionThatTwoRolesReadIsOfEitherOfThem() {
        RegionWorld theirs = administrators(HERE);
        String elsewhere = theirs.instance("web").in(theirs.vpc()).launch().id();
        startWatchingWithTheAdministrators("[us-west-2]");

        queue.send(claim(theirs.finding(finding(elsewhere)), "999900001111", HERE));
        queue.send(claim(region.finding(finding(instance)), ACCOUNT, HERE));
        awaitEmptied();

        assertThat(world.quarantine(elsewhere)).isPresent();
        assertThat(world.quarantine(instance)).isPresent();
    }

    @Test
    void whileTheRegionsOfASourceAreNotKnownNoMessageIsTakenForForeign() {
        RegionWorld theirs = administrators("eu-central-1");
        String elsewhere = theirs.instance("web").in(theirs.vpc()).launch().id();
        world.simulator().faults().on("DescribeRegions").deny();
        startWatchingWithTheAdministrators("['*']");

        queue.send(claim(theirs.finding(finding(elsewhere)), "999900001111", "eu-central-1"));
        Eventually.holds(
                "a look at the message",
                () -> world.calls("ReceiveMessage", 0) > 3
                        && queue.messages().stream().noneMatch(each -> each.receives() == 0),
                this::tick,
                () -> queue.messages().toString());

        assertThat(queue.messages()).hasSize(1);
    }

    private RegionWorld administrators(String where) {
        var administrator = world.world().account("999900001111");
        administrator.role("ec2-quarantine-reader").trusts(ACCOUNT);
        return administrator.region(where);
    }

    private void startWatchingWithTheAdministrators(String regions) {
        world.cluster().create(policy("", "").replace("queueURL: \"" + queue.url() + "\"}", """
                        queueURL: "%1$s"}, {name: theirs, regions: %2$s, queueURL: "%1$s", \
                        roleARN: 'arn:aws:iam::999900001111:role/ec2-quarantine-reader'}""".formatted(
                        queue.url(), regions)));
        world.startOperator();
        world.awaitPolicy(
                POLICY,
                "to poll what is its own",
                object -> object.getStatus().sources().stream()
                        .anyMatch(source -> source.name().equals("workshop") && source.lastPollTime() != null));
    }

    // ---

    @Test
    void aMessageThatSeveralPoliciesReadByTheirOwnRolesIsDecidedForEachOfThem() {
        watchedByTwo(policy("", "").replace("findingTypes: [\"*\"]", "findingTypes: [\"Recon:*\"]"), policy("", ""));

        queue.send(claim(region.finding(finding(instance)), ACCOUNT, HERE));
        awaitEmptied();

        assertThat(world.quarantine(instance)).isPresent();
    }

    @Test
    void whatOneReaderCouldNotReadIsNotDeletedForAnotherIgnoresIt() {
        watchedByTwo(policy("", ""), policy("", "").replace("findingTypes: [\"*\"]", "findingTypes: [\"Recon:*\"]"));
        world.simulator().faults().on("GetFindings").times(1).internalError();

        queue.send(claim(region.finding(finding(instance)), ACCOUNT, HERE));
        awaitEmptied();

        assertThat(world.quarantine(instance)).isPresent();
    }

    /** The second by a role of its own. */
    private void watchedByTwo(String one, String other) {
        world.world().account(ACCOUNT).role("ec2-quarantine-reader").trusts(ACCOUNT);
        world.cluster().create(one);
        world.cluster()
                .create(other.replace("name: " + POLICY, "name: other")
                        .replace(
                                "{name: workshop,",
                                "{name: theirs, roleARN: 'arn:aws:iam::" + ACCOUNT + ":role/ec2-quarantine-reader',"));
        world.startOperator();
        awaitWatching();
        world.awaitPolicy("other", "to watch", object -> is(object, ConditionType.READY, Status.TRUE, "Watching"));
    }

    private void startWatching() {
        startWatching("", "");
    }

    private void startWatching(String specMore, String matchMore) {
        writePolicy(specMore, matchMore);
        world.startOperator();
        awaitWatching();
    }

    private void writePolicy(String specMore, String matchMore) {
        world.cluster().create(policy(specMore, matchMore));
    }

    private void awaitWatching() {
        world.awaitPolicy(POLICY, "to watch", object -> is(object, ConditionType.READY, Status.TRUE, "Watching"));
    }

    private String policy(String specMore, String matchMore) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: Enforce
                  sources: [{name: workshop, regions: [us-west-2], queueURL: "%s"}]
                  match: {findingTypes: ["*"]%s}
                  %s
                """.formatted(POLICY, queue.url(), matchMore, specMore);
    }

    private static FindingTemplate finding(String instance) {
        return FindingTemplate.bitcoinDns(instance, "pool.example");
    }

    private static String claim(String id, String account, String region) {
        return "{\"id\": \"%s\", \"accountId\": \"%s\", \"region\": \"%s\"}".formatted(id, account, region);
    }

    private void awaitEmptied() {
        Eventually.holds(
                "an empty queue",
                () -> queue.messages().isEmpty(),
                this::tick,
                () -> queue.messages() + "\n" + world.simulator().calls().all());
    }

    private void tick() {
        world.clock().advance(TICK);
    }

    private static Condition condition(IsolationPolicy policy, ConditionType type) {
        return Conditions.find(policy.getStatus().conditions(), type).orElseThrow();
    }

    private static boolean is(IsolationPolicy policy, ConditionType type, Status status, String reason) {
        return Conditions.find(policy.getStatus().conditions(), type)
                .filter(each -> each.status() == status && each.reason().equals(reason))
                .isPresent();
    }

    /** @param what how the action and the target of the write begin */
    private static WriteHooks before(String what, Runnable task) {
        return new WriteHooks() {
            @Override
            public void before(Write write) {
                if ((write.action() + " " + write.target()).startsWith(what)) {
                    task.run();
                }
            }

            @Override
            public void after(Write write) {}
        };
    }

    /** Thrown where a dead operator would have gone on. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;

        Death() {
            super("killed here", null, false, false);
        }
    }
}
