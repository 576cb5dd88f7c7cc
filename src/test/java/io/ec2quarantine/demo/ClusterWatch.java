package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.EVIDENCE_PRESERVED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.STALLED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.status.Conditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Watches the API server, and tells each step that becomes true there once. */
final class ClusterWatch implements AutoCloseable {
    private static final String NAMESPACE = "default";
    private static final List<ConditionType> STEPS = List.of(ISOLATED, VERIFIED, EVIDENCE_PRESERVED);

    private static final Pattern GROUP_ID = Pattern.compile("sg-[0-9a-f]+");
    private static final String RELEASED = "Released";

    private final KubernetesClient client;
    private final Ec2View ec2;
    private final Timeline timeline;
    private final Patience patience;
    private final InstantSource clock;
    private final Informers informers = new Informers();
    private final Map<String, Instant> told = new HashMap<>();
    private final Map<String, QuarantinedInstance> quarantines = new HashMap<>();
    private final List<Undone> undone = new ArrayList<>();
    private Optional<Meddled> meddled = Optional.empty();
    private Instant lastStatus = Instant.EPOCH;

    /** A change that was seen to be found, undone and verified, and how long after it. */
    record Undone(String what, Duration after) {}

    /** A change that nothing was seen of yet. */
    private record Meddled(String what, Instant at, Map<String, Integer> driftCounts) {}

    ClusterWatch(KubernetesClient client, Ec2View ec2, Timeline timeline, Patience patience, InstantSource clock) {
        this.client = client;
        this.ec2 = ec2;
        this.timeline = timeline;
        this.patience = patience;
        this.clock = clock;
    }

    /** Begins to watch. */
    void start() {
        informers.watch(client.resources(IsolationPolicy.class), this::policySeen);
        informers.watch(client.leases().inNamespace(NAMESPACE), this::leaseSeen);
        informers.watch(client.resources(QuarantinedInstance.class), this::quarantineSeen);
    }

    /** Asks for the quarantines now: what happens elsewhere must not be told before what came first here. */
    void look() {
        client.resources(QuarantinedInstance.class).list().getItems().forEach(this::quarantineSeen);
    }

    /** When a policy was seen to be ready. */
    synchronized Optional<Instant> policyReady() {
        return Optional.ofNullable(told.get("policy ready"));
    }

    /** When a condition of a quarantine was first seen to be true. */
    synchronized Optional<Instant> seenTrue(String quarantine, ConditionType type) {
        return Optional.ofNullable(told.get(key(quarantine, type.text())));
    }

    /** Somebody else changed something in EC2; until it is verified again, this is what is undone. */
    synchronized void meddled(String what, Instant at) {
        Map<String, Integer> counts = new HashMap<>();
        quarantines.forEach((name, object) -> counts.put(name, driftCount(object.getStatus())));
        meddled = Optional.of(new Meddled(what, at, counts));
    }

    /** What somebody else changed, and was not seen to be undone and verified. */
    synchronized Optional<String> notUndone() {
        return meddled.map(Meddled::what);
    }

    /** The changes of somebody else that were undone, in their order. */
    synchronized List<Undone> undone() {
        return List.copyOf(undone);
    }

    /** The time from the sight of the decision to release a quarantine to the sight of its being released. */
    synchronized Optional<Duration> released(String name) {
        return Optional.ofNullable(told.get(name + " released"))
                .flatMap(end -> Optional.ofNullable(told.get(name + " wants " + DesiredState.RELEASED))
                        .map(start -> Duration.between(start, end)));
    }

    /** When a status was last seen to change. */
    synchronized Instant lastStatus() {
        return lastStatus;
    }

    /** A quarantine as it was last seen. */
    synchronized Optional<QuarantinedInstance> quarantine(String name) {
        return Optional.ofNullable(quarantines.get(name));
    }

    @Override
    public void close() {
        informers.close();
    }

    private synchronized void policySeen(IsolationPolicy policy) {
        String name = "IsolationPolicy " + policy.getMetadata().getName();
        once("policy", Style.PLAIN, name + " created");
        Optional.ofNullable(policy.getStatus())
                .flatMap(status -> Conditions.find(status.conditions(), READY))
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .ifPresent(condition ->
                        once("policy ready", Style.PLAIN, name + " Ready=True (" + condition.reason() + ")"));
    }

    private synchronized void leaseSeen(Lease lease) {
        String holder = Optional.ofNullable(lease.getSpec().getHolderIdentity()).orElse("");
        if (!holder.isEmpty()) {
            once("lease", Style.PLAIN, "Lease " + lease.getMetadata().getName() + " is held by " + holder);
        }
    }

    private synchronized void quarantineSeen(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        boolean older = Optional.ofNullable(quarantines.get(name))
                .filter(present -> version(present) > version(object))
                .isPresent();
        if (!older) {
            Optional<QuarantinedInstance> present = Optional.ofNullable(quarantines.put(name, object));
            if (present.filter(one -> version(one) == version(object)).isEmpty()) {
                lastStatus = clock.instant();
            }
            present.ifPresent(one -> decisionSeen(name, one, object));
            once(name, Style.PLAIN, "QuarantinedInstance " + name + " created" + wanted(object));
            Optional.ofNullable(object.getStatus()).ifPresent(status -> statusSeen(name, status));
            patience.somethingWasSeen();
        }
    }

    private void decisionSeen(String name, QuarantinedInstance before, QuarantinedInstance object) {
        Optional<DesiredState> state = desiredState(object);
        if (!state.equals(desiredState(before))) {
            String by = Optional.ofNullable(object.getSpec().decision())
                    .map(decision -> ",\ndecided by " + decision.by() + ": " + decision.reason())
                    .orElse("");
            state.ifPresent(each -> once(
                    name + " wants " + each,
                    Style.BOLD,
                    "QuarantinedInstance " + name + ": desiredState " + Telling.word(each) + by));
        }
    }

    private static Optional<DesiredState> desiredState(QuarantinedInstance object) {
        return Optional.ofNullable(object.getSpec()).flatMap(spec -> Optional.ofNullable(spec.desiredState()));
    }

    private void statusSeen(String name, QuarantinedInstanceStatus status) {
        status.interfaces().stream()
                .filter(each -> each.baselineState() != null)
                .forEach(each -> once(each.id(), Style.BOLD, "baseline written down: " + baseline(each)));
        Optional.ofNullable(status.verification())
                .flatMap(verification -> Optional.ofNullable(verification.lastDrift()))
                .ifPresent(drift -> once(
                        name + drift.time(),
                        Style.YELLOW,
                        "drift " + driftCount(status) + ": " + named(String.valueOf(drift.detail()))));
        undoneSeen(name, status);
        stepsSeen(name, status.conditions());
        releaseSeen(name, status.conditions());
        Conditions.find(status.conditions(), STALLED)
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .ifPresent(condition -> once(
                        name + condition.message(),
                        Style.RED,
                        "Stalled=True (" + condition.reason() + "): " + condition.message()));
    }

    /** What one and the same status says of a change that it has counted: undone, or what else it says. */
    private void undoneSeen(String name, QuarantinedInstanceStatus status) {
        meddled.filter(change -> driftCount(status) > change.driftCounts().getOrDefault(name, 0))
                .ifPresent(change -> {
                    if (isVerifiedSince(status, change.at())) {
                        undoneNow(change, status);
                    } else {
                        once(name + change.at() + said(status), Style.YELLOW, said(status) + ": not undone yet");
                    }
                });
    }

    private void undoneNow(Meddled change, QuarantinedInstanceStatus status) {
        Duration after = Duration.between(change.at(), clock.instant());
        undone.add(new Undone(change.what(), after));
        meddled = Optional.empty();
        timeline.tell(
                Actor.KUBERNETES,
                Style.GREEN,
                said(status) + " again, " + Timeline.seconds(after) + " after the change");
    }

    /** Whether it is isolated and verified by a read that came after the change, as did the drift that it tells of. */
    private static boolean isVerifiedSince(QuarantinedInstanceStatus status, Instant change) {
        return Stream.of(ISOLATED, VERIFIED).allMatch(type -> Conditions.isTrue(status.conditions(), type))
                && Optional.ofNullable(status.verification())
                        .filter(verification -> isAfter(verification.lastVerifiedTime(), change))
                        .flatMap(verification -> Optional.ofNullable(verification.lastDrift()))
                        .filter(drift -> isAfter(drift.time(), change))
                        .isPresent();
    }

    private static boolean isAfter(@Nullable Instant time, Instant other) {
        return time != null && !time.isBefore(other);
    }

    /** Isolated and Verified as this status has them. */
    private static String said(QuarantinedInstanceStatus status) {
        return Stream.of(ISOLATED, VERIFIED)
                .map(type -> type.text() + "="
                        + Conditions.find(status.conditions(), type)
                                .flatMap(condition -> Optional.ofNullable(condition.status()))
                                .map(Telling::word)
                                .orElse("not said"))
                .collect(Collectors.joining(", "));
    }

    private static int driftCount(@Nullable QuarantinedInstanceStatus status) {
        return Optional.ofNullable(status)
                .flatMap(present -> Optional.ofNullable(present.verification()))
                .flatMap(verification -> Optional.ofNullable(verification.driftCount()))
                .orElse(0);
    }

    /** With the names of groups in the place of their ids. */
    private String named(String text) {
        return GROUP_ID.matcher(text).replaceAll(id -> Matcher.quoteReplacement(ec2.groupName(id.group())));
    }

    private void releaseSeen(String name, List<Condition> conditions) {
        Conditions.find(conditions, ISOLATED)
                .filter(condition -> condition.status() == Condition.Status.FALSE
                        && condition.reason().equals(RELEASED))
                .ifPresent(condition ->
                        once(name + " given back", Style.GREEN, "Isolated=False (Released): " + condition.message()));
        if (isReleased(conditions)) {
            once(name + " released", Style.GREEN, "Ready=True (Released)");
        }
    }

    /** Whether these conditions say that the instance is released. */
    static boolean isReleased(List<Condition> conditions) {
        return Conditions.find(conditions, READY)
                .filter(condition -> condition.status() == Condition.Status.TRUE
                        && condition.reason().equals(RELEASED))
                .isPresent();
    }

    /** Those that became true with one write are told in one line. */
    private void stepsSeen(String name, List<Condition> conditions) {
        List<Condition> fresh = STEPS.stream()
                .filter(type -> !told.containsKey(key(name, type.text())))
                .flatMap(type -> Conditions.find(conditions, type).stream())
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .toList();
        if (!fresh.isEmpty()) {
            String text = fresh.stream().map(ClusterWatch::saying).collect(Collectors.joining(", "));
            timeline.tell(Actor.KUBERNETES, Style.GREEN, text);
            fresh.forEach(condition -> told.put(key(name, condition.type()), clock.instant()));
        }
    }

    private static String saying(Condition condition) {
        boolean saysMore = !condition.reason().equals(condition.type());
        return condition.type() + "=True" + (saysMore ? " (" + condition.reason() + ")" : "");
    }

    private static String key(String name, String conditionType) {
        return name + " " + conditionType;
    }

    private String baseline(InterfaceStatus seen) {
        return seen.id() + " in " + seen.baseline().stream().map(ec2::groupName).collect(Collectors.joining(", "));
    }

    private void once(String key, Style style, String text) {
        if (!told.containsKey(key)) {
            timeline.tell(Actor.KUBERNETES, style, text);
            told.put(key, clock.instant());
            patience.somethingWasSeen();
        }
    }

    private static String wanted(QuarantinedInstance object) {
        return Optional.ofNullable(object.getSpec())
                .map(spec -> Optional.ofNullable(spec.desiredState())
                                .map(state -> ":\ndesiredState " + Telling.word(state))
                                .orElse("")
                        + Optional.ofNullable(spec.policyRef())
                                .map(policy -> ", policy " + policy.name())
                                .orElse(""))
                .orElse("");
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
