package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.BaselineState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.Call;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Stands beside the operators and looks, through the API server and the simulator only, whether an interface is changed
 * before its baseline is stored (I1), and whether a baseline is ever anything but the groups from before (I2).
 */
final class Witness implements AutoCloseable {
    private final KubernetesClient client;
    private final IsolationScene scene;
    private final Watch watch;
    private final List<String> objections = new CopyOnWriteArrayList<>();
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    Witness(KubernetesClient client, AwsSimulator simulator, IsolationScene scene) {
        this.client = client;
        this.scene = scene;
        this.watch = client.resources(QuarantinedInstance.class)
                .withName(scene.instance())
                .watch(new Eyes());
        simulator.calls().onCall(this::saw);
    }

    /** Fails unless every interface was seen to be changed, each after its baseline, and every baseline stayed. */
    void testifies() {
        baselines().values().forEach(this::saw);
        assertThat(objections).as("broken invariants").isEmpty();
        assertThat(changed)
                .as("interfaces seen to be changed")
                .isEqualTo(scene.originalGroups().keySet());
        assertThat(written)
                .as("baselines seen to be stored")
                .isEqualTo(scene.originalGroups().keySet());
    }

    @Override
    public void close() {
        watch.close();
    }

    /** Called before the operator has its answer: what is stored now was stored before the change could be relied on. */
    private void saw(Call call) {
        String id = call.param("NetworkInterfaceId");
        if (call.action().equals("ModifyNetworkInterfaceAttribute")
                && scene.originalGroups().containsKey(id)) {
            changed.add(id);
            InterfaceStatus stored = baselines().get(id);
            if (stored == null) {
                objections.add("I1: " + id + " was changed while the API server held no baseline of it: " + call);
            } else {
                saw(stored);
            }
        }
    }

    private void saw(InterfaceStatus stored) {
        written.add(stored.id());
        List<String> before = scene.originalGroups().getOrDefault(stored.id(), List.of());
        if (stored.baselineState() != BaselineState.RECORDED
                || !stored.baseline().equals(before)) {
            objections.add("I2: the baseline of " + stored.id() + " is " + stored.baseline() + " ("
                    + stored.baselineState() + "), but it had " + before);
        }
    }

    private Map<String, InterfaceStatus> baselines() {
        return Optional.ofNullable(client.resources(QuarantinedInstance.class)
                        .withName(scene.instance())
                        .get())
                .map(Witness::baselines)
                .orElseGet(Map::of);
    }

    private static Map<String, InterfaceStatus> baselines(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus()).stream()
                .flatMap(status -> status.interfaces().stream())
                .filter(each -> each.baselineState() != null)
                .collect(Collectors.toMap(InterfaceStatus::id, Function.identity()));
    }

    /** Sees every state in its order, but some time later than others who look for themselves. */
    private final class Eyes implements Watcher<QuarantinedInstance> {
        private final Set<String> seen = new HashSet<>();

        @Override
        public synchronized void eventReceived(Action action, QuarantinedInstance object) {
            Map<String, InterfaceStatus> stored = baselines(object);
            seen.stream()
                    .filter(id -> !stored.containsKey(id))
                    .forEach(id -> objections.add("I2: the baseline of " + id + " is gone"));
            seen.addAll(stored.keySet());
            stored.values().forEach(Witness.this::saw);
        }

        @Override
        public void onClose(WatcherException cause) {
            objections.add("The watch ended early: " + cause.getMessage());
        }
    }
}
