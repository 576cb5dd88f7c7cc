package io.ec2quarantine.demo;

import static io.ec2quarantine.api.v1alpha1.ConditionType.ISOLATED;
import static io.ec2quarantine.api.v1alpha1.ConditionType.READY;
import static io.ec2quarantine.api.v1alpha1.ConditionType.VERIFIED;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.status.Conditions;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Watches the API server and the simulator's log, and tells of many instances in few lines. */
final class OrganisationWatch implements AutoCloseable {
    private static final int STEP = 5;

    private final KubernetesClient client;
    private final OrganisationView view;
    private final Timeline timeline;
    private final Patience patience;
    private final InstantSource clock;
    private final Informers informers = new Informers();
    private final Map<String, IsolationPolicy> policies = new HashMap<>();
    private final Map<String, QuarantinedInstance> quarantines = new HashMap<>();
    private final Map<String, Instant> verified = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private boolean storming = true;

    OrganisationWatch(
            KubernetesClient client, OrganisationView view, Timeline timeline, Patience patience, InstantSource clock) {
        this.client = client;
        this.view = view;
        this.timeline = timeline;
        this.patience = patience;
        this.clock = clock;
    }

    /** Begins to watch. */
    void start() {
        informers.watch(client.resources(IsolationPolicy.class), this::policySeen);
        informers.watch(client.resources(QuarantinedInstance.class), this::quarantineSeen);
    }

    /** From here on, what is done to an instance is told of each. */
    synchronized void stormIsOver() {
        storming = false;
    }

    /** A policy as it was last seen. */
    synchronized Optional<IsolationPolicy> policy(String name) {
        return Optional.ofNullable(policies.get(name));
    }

    /** A quarantine as it was last seen. */
    synchronized Optional<QuarantinedInstance> quarantine(String name) {
        return Optional.ofNullable(quarantines.get(name));
    }

    /** When an instance was first seen to be isolated and verified. */
    synchronized Optional<Instant> verified(String name) {
        return Optional.ofNullable(verified.get(name));
    }

    /** How many of the servers are isolated and verified. */
    synchronized int verifiedServers() {
        return (int) view.servers().stream().filter(verified::containsKey).count();
    }

    /** The servers whose quarantine says this with its condition Ready. */
    synchronized List<String> serversSaying(String reason) {
        return view.servers().stream()
                .filter(id ->
                        quarantine(id).filter(object -> says(object, reason)).isPresent())
                .toList();
    }

    /** Whether a quarantine gives this reason with its condition Ready. */
    static boolean says(QuarantinedInstance object, String reason) {
        return Conditions.find(Telling.conditionsOf(object), READY)
                .filter(ready -> reason.equals(ready.reason()))
                .isPresent();
    }

    /** The condition Ready of a policy. */
    static Optional<Condition> ready(IsolationPolicy policy) {
        return Optional.ofNullable(policy.getStatus()).flatMap(status -> Conditions.find(status.conditions(), READY));
    }

    /** Takes a call, before the caller has its answer. */
    void heard(Call call) {
        if (!StageSet.isOperators(call) || !call.outcome().equals(Call.OK)) {
            return;
        }
        switch (call.action()) {
            case "AssumeRole" ->
                once(call.param("RoleArn"), Actor.OPERATOR, Style.PLAIN, "AssumeRole " + call.param("RoleArn"));
            case "CreateSecurityGroup" ->
                once(
                        call.action() + call.region(),
                        Actor.EC2,
                        Style.PLAIN,
                        call.action() + " " + call.param("GroupName") + ":\nin " + where(call));
            case "ModifyNetworkInterfaceAttribute" -> swapped(call);
            default -> {
                // In the storm a line each would be too many; they are counted at the end.
            }
        }
    }

    private void swapped(Call call) {
        String interfaceId = call.param("NetworkInterfaceId");
        once(
                swapKey(call, interfaceId),
                Actor.EC2,
                Style.BOLD,
                call.action() + " " + interfaceId + (isStorming() ? " is the first" : "") + ":\nin " + where(call));
    }

    private synchronized boolean isStorming() {
        return storming;
    }

    private synchronized String swapKey(Call call, String interfaceId) {
        return call.action() + (storming ? "" : interfaceId + call.role());
    }

    private static String where(Call call) {
        return call.account() + ", " + call.region() + ", as " + call.role();
    }

    private synchronized void policySeen(IsolationPolicy policy) {
        String name = policy.getMetadata().getName();
        policies.put(name, policy);
        ready(policy)
                .filter(ready -> ready.status() == Condition.Status.TRUE)
                .ifPresent(ready -> once(
                        name + ready.reason(),
                        Actor.KUBERNETES,
                        Style.PLAIN,
                        "IsolationPolicy " + name + " Ready=True (" + ready.reason() + ")"));
        patience.somethingWasSeen();
    }

    private synchronized void quarantineSeen(QuarantinedInstance object) {
        String name = object.getMetadata().getName();
        quarantines.put(name, object);
        long opened = view.servers().stream().filter(quarantines::containsKey).count();
        if (opened == view.servers().size()) {
            once("opened", Actor.KUBERNETES, Style.PLAIN, opened + " QuarantinedInstances are there");
        }
        boolean isVerified =
                Stream.of(ISOLATED, VERIFIED).allMatch(type -> Conditions.isTrue(Telling.conditionsOf(object), type));
        if (isVerified && verified.putIfAbsent(name, clock.instant()) == null) {
            verifiedNow(name);
        }
        if (ClusterWatch.isReleased(Telling.conditionsOf(object))) {
            once(name + "released", Actor.KUBERNETES, Style.GREEN, view.nameOf(name) + ": Ready=True (Released)");
        }
        Conditions.find(Telling.conditionsOf(object), READY)
                .filter(ready -> "AwaitingApproval".equals(ready.reason()))
                .ifPresent(ready -> once(
                        name + "waits",
                        Actor.KUBERNETES,
                        Style.YELLOW,
                        view.nameOf(name) + ": Ready=False (AwaitingApproval):\n" + firstSentence(ready.message())));
        patience.somethingWasSeen();
    }

    private static String firstSentence(String message) {
        return message.replaceFirst("(?<=[.]) .*", "");
    }

    private void verifiedNow(String name) {
        int count = verifiedServers();
        if (!storming) {
            timeline.tell(Actor.KUBERNETES, Style.GREEN, view.nameOf(name) + ": Isolated=True, Verified=True");
        } else if (count % STEP == 0) {
            String bar = "#".repeat(count) + ".".repeat(view.servers().size() - count);
            timeline.tell(Actor.KUBERNETES, Style.GREEN, bar + "  " + count + " isolated and verified");
        }
    }

    private void once(String key, Actor actor, Style style, String text) {
        if (isNew(key)) {
            timeline.tell(actor, style, text);
        }
    }

    private synchronized boolean isNew(String key) {
        return told.add(key);
    }

    @Override
    public void close() {
        informers.close();
    }
}
