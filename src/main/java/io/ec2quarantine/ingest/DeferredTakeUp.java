package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.Hold;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.ingest.QuarantineCensus.Deferred;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Isolates what was deferred when there is room for it, most severe first. Runs on the leader only. */
public final class DeferredTakeUp {
    /** What waits for more than the policy's own room takes reads to find out. */
    private static final int ROUNDS_PER_READ = 4;

    private static final Logger LOG = LoggerFactory.getLogger(DeferredTakeUp.class);

    private final Catalog<IsolationPolicy> policies;
    private final PolicyReader reader;
    private final QuarantineCensus census;
    private final SafeguardGate gate;
    private final QuarantineRegistrar registrar;
    private final AwsSessions sessions;
    private final Function<String, Access> accessOf;
    private final Scheduler scheduler;
    private final Duration interval;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final AtomicLong rounds = new AtomicLong();

    /** @param accessOf how a policy, by its name, acts in the account of an instance */
    public DeferredTakeUp(
            Catalog<IsolationPolicy> policies,
            PolicyReader reader,
            QuarantineCensus census,
            SafeguardGate gate,
            QuarantineRegistrar registrar,
            AwsSessions sessions,
            Function<String, Access> accessOf,
            Scheduler scheduler,
            Duration interval) {
        this.policies = policies;
        this.reader = reader;
        this.census = census;
        this.gate = gate;
        this.registrar = registrar;
        this.sessions = sessions;
        this.accessOf = accessOf;
        this.scheduler = scheduler;
        this.interval = interval;
    }

    /** Looks for room now and from now on. */
    public void start() {
        if (running.compareAndSet(false, true)) {
            scheduler.after(Duration.ZERO, this::round);
        }
    }

    /** Looks no more; a round under way ends by itself. */
    public void stop() {
        running.set(false);
    }

    private void round() {
        if (!running.get()) {
            return;
        }
        scheduler.after(interval, this::round);
        boolean reading = rounds.getAndIncrement() % ROUNDS_PER_READ == 0;
        // A round that outlasts the interval is not overtaken by the next.
        if (underWay.compareAndSet(false, true)) {
            try {
                policies.all().stream()
                        .map(reader::read)
                        .flatMap(read -> read instanceof PolicyReader.Reading.Understood understood
                                ? Optional.of(understood.policy()).stream()
                                : Optional.<Policy>empty().stream())
                        .filter(policy -> policy.mode() == Mode.ENFORCE)
                        .forEach(policy -> takeUp(policy, reading));
            } finally {
                underWay.set(false);
            }
        }
    }

    private void takeUp(Policy policy, boolean reading) {
        List<Deferred> waiting = census.deferredOf(policy.name()).stream()
                .filter(each -> reading || each.hold().reason().isOfThePolicy())
                .filter(each -> each.spec().accountID() != null)
                .toList();
        try {
            if (!waiting.isEmpty() && gate.hasRoom(policy)) {
                inTurn(policy, waiting.stream().map(DeferredTakeUp::instance).toList());
            }
        } catch (KubernetesClientException exception) {
            LOG.atWarn()
                    .addKeyValue("policy", policy.name())
                    .log("what policy {} has deferred waits on: {}", policy.name(), exception.getMessage());
        }
    }

    private void inTurn(Policy policy, List<InstanceRef> waiting) {
        Access access = accessOf.apply(policy.name());
        PageTags tags = new PageTags(sessions, waiting);
        for (InstanceRef instance : waiting) {
            Optional<Hold> hold = registrar.takeUp(policy, instance, tags.of(instance, List.of(access)));
            if (hold.filter(each -> each.reason().isOfThePolicy()).isPresent()) {
                return;
            }
        }
    }

    private static InstanceRef instance(Deferred deferred) {
        return new InstanceRef(
                deferred.spec().instanceID(),
                String.valueOf(deferred.spec().accountID()),
                deferred.spec().region());
    }
}
