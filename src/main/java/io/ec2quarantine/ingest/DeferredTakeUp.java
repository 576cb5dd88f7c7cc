package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.ClusterFailures;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.core.Rounds;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.Mode;
import io.ec2quarantine.core.policy.Policy;
import io.ec2quarantine.ingest.HoldRegistrar.Standing;
import io.ec2quarantine.ingest.QuarantineCensus.Deferred;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
    private final HoldRegistrar registrar;
    private final AwsSessions sessions;
    private final Function<String, Access> accessOf;
    private final Scheduler scheduler;
    private final Rounds rounds;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicLong roundsMade = new AtomicLong();

    /** @param accessOf how a policy, by its name, acts in the account of an instance */
    public DeferredTakeUp(
            Catalog<IsolationPolicy> policies,
            PolicyReader reader,
            QuarantineCensus census,
            SafeguardGate gate,
            HoldRegistrar registrar,
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
        this.rounds = new Rounds(scheduler, interval, this::round);
    }

    /** Looks for room now and from now on. */
    public void start() {
        rounds.start();
    }

    /** Looks no more; a round under way ends by itself. */
    public void stop() {
        rounds.stop();
    }

    private void round() {
        boolean reading = roundsMade.getAndIncrement() % ROUNDS_PER_READ == 0;
        census.decidedThoughHeld().forEach(this::forgetHold);
        policies.all()
                .forEach(policy -> scheduler.after(
                        Duration.ZERO, () -> takeUpAlone(policy.getMetadata().getName(), reading)));
    }

    private void forgetHold(String instanceId) {
        try {
            registrar.forgetHold(instanceId);
        } catch (KubernetesClientException exception) {
            tell(instanceId, exception);
        }
    }

    /** A round that outlasts the interval is not overtaken by the next, nor does it hold up that of another policy. */
    private void takeUpAlone(String policy, boolean reading) {
        if (underWay.add(policy)) {
            try {
                takeUp(policy, reading);
            } finally {
                underWay.remove(policy);
            }
        }
    }

    private void takeUp(String name, boolean reading) {
        List<InstanceRef> waiting = enforcing(name).stream()
                .flatMap(_ -> census.deferredOf(name).stream())
                .filter(each -> reading || each.hold().reason().isOfThePolicy())
                .filter(each -> each.spec().accountID() != null)
                .map(DeferredTakeUp::instance)
                .toList();
        PageTags tags = new PageTags(sessions, waiting);
        List<Access> access = List.of(accessOf.apply(name));
        for (InstanceRef instance : waiting) {
            // Asked again for each: a policy that is paused meanwhile isolates no more.
            Optional<Standing> still = enforcing(name).filter(each -> mayHaveRoom(each.policy(), instance));
            if (still.isPresent() && isFull(still.get(), instance, tags, access)) {
                return;
            }
        }
    }

    private boolean mayHaveRoom(Policy policy, InstanceRef instance) {
        try {
            return rounds.areUnderWay() && (gate.hasRoom(policy) || gate.isTaken(policy, instance, Instant.EPOCH));
        } catch (KubernetesClientException exception) {
            tell(instance.instanceId(), exception);
            return false;
        }
    }

    private boolean isFull(Standing policy, InstanceRef instance, PageTags tags, List<Access> access) {
        try {
            return registrar
                    .takeUp(policy, instance, tags.of(instance, access))
                    .filter(hold -> hold.reason().isOfThePolicy())
                    .isPresent();
        } catch (KubernetesClientException exception) {
            tell(instance.instanceId(), exception);
            return false;
        }
    }

    private Optional<Standing> enforcing(String name) {
        return policies.get(name)
                .flatMap(object -> reader.read(object) instanceof PolicyReader.Reading.Understood(Policy policy)
                        ? Optional.of(new Standing(policy, object.getSpec().sources()))
                        : Optional.empty())
                .filter(standing -> standing.policy().mode() == Mode.ENFORCE);
    }

    private static void tell(String instanceId, KubernetesClientException exception) {
        LOG.atWarn()
                .addKeyValue("instance", instanceId)
                .log(
                        "What becomes of {}, which waits to be isolated, could not be stored ({}); it is tried again"
                                + " with the next round.",
                        instanceId,
                        ClusterFailures.detail(exception));
    }

    private static InstanceRef instance(Deferred deferred) {
        return new InstanceRef(
                deferred.spec().instanceID(),
                String.valueOf(deferred.spec().accountID()),
                deferred.spec().region());
    }
}
