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
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.demo.Timeline.Actor;
import io.ec2quarantine.status.Conditions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Watches the API server, and tells each step that becomes true there once. */
final class ClusterWatch implements AutoCloseable {
    private static final String NAMESPACE = "default";
    private static final List<ConditionType> STEPS = List.of(ISOLATED, VERIFIED, EVIDENCE_PRESERVED);

    private final KubernetesClient client;
    private final Ec2View ec2;
    private final Timeline timeline;
    private final Patience patience;
    private final InstantSource clock;
    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();
    private final Map<String, Instant> told = new HashMap<>();
    private final Map<String, QuarantinedInstance> quarantines = new HashMap<>();

    ClusterWatch(KubernetesClient client, Ec2View ec2, Timeline timeline, Patience patience, InstantSource clock) {
        this.client = client;
        this.ec2 = ec2;
        this.timeline = timeline;
        this.patience = patience;
        this.clock = clock;
    }

    /** Begins to watch. */
    void start() {
        watch(client.resources(IsolationPolicy.class), this::policySeen);
        watch(client.leases().inNamespace(NAMESPACE), this::leaseSeen);
        watch(client.resources(QuarantinedInstance.class), this::quarantineSeen);
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

    /** A quarantine as it was last seen. */
    synchronized Optional<QuarantinedInstance> quarantine(String name) {
        return Optional.ofNullable(quarantines.get(name));
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::close);
    }

    private <T extends HasMetadata> void watch(Informable<T> kind, Consumer<T> seen) {
        informers.add(kind.inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(T object) {
                seen.accept(object);
            }

            @Override
            public void onUpdate(T before, T object) {
                seen.accept(object);
            }

            @Override
            public void onDelete(T object, boolean unknown) {
                // Nothing of the scene is deleted.
            }
        }));
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
            quarantines.put(name, object);
            once(name, Style.PLAIN, "QuarantinedInstance " + name + " created" + wanted(object));
            Optional.ofNullable(object.getStatus()).ifPresent(status -> statusSeen(name, status));
            patience.somethingWasSeen();
        }
    }

    private void statusSeen(String name, QuarantinedInstanceStatus status) {
        status.interfaces().stream()
                .filter(each -> each.baselineState() != null)
                .forEach(each -> once(each.id(), Style.BOLD, "baseline written down: " + baseline(each)));
        Optional.ofNullable(status.verification())
                .flatMap(verification -> Optional.ofNullable(verification.lastDrift()))
                .ifPresent(drift -> once(name + drift.time(), Style.YELLOW, "drift: " + drift.detail()));
        stepsSeen(name, status.conditions());
        Conditions.find(status.conditions(), STALLED)
                .filter(condition -> condition.status() == Condition.Status.TRUE)
                .ifPresent(condition -> once(
                        name + condition.message(),
                        Style.RED,
                        "Stalled=True (" + condition.reason() + "): " + condition.message()));
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
