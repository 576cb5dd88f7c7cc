package io.ec2quarantine.core.preflight;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an account shows in a Region that dry runs can be tried on: IAM judges by the resources that are there.
 *
 * @param owned the isolation groups that an operator made, by id, each with its VPC
 * @param existing the groups that the policy names to be used instead of made ones, by VPC
 * @param vpc any VPC
 */
public record Samples(
        List<Sample> interfaces, Map<String, String> owned, Map<String, String> existing, Optional<String> vpc) {
    public Samples {
        interfaces = List.copyOf(interfaces);
        owned = Map.copyOf(owned);
        existing = Map.copyOf(existing);
    }

    /** The same account under a policy that names groups of its own. */
    public Samples naming(Map<String, String> groupsByVpc) {
        return new Samples(interfaces, owned, groupsByVpc, vpc);
    }

    Optional<String> instance() {
        return interfaces.stream().map(Sample::instanceId).findFirst();
    }

    Optional<String> ownedGroup() {
        return owned.keySet().stream().sorted().findFirst();
    }

    /** An interface, and the group that would isolate it. */
    Optional<DryRun> isolation() {
        return interfaces.stream()
                .flatMap(each -> isolationGroup(each.vpcId()).stream()
                        .<DryRun>map(group -> new DryRun.Swap(each.interfaceId(), List.of(group))))
                .findFirst();
    }

    private Optional<String> isolationGroup(String vpcId) {
        return Optional.ofNullable(existing.get(vpcId))
                .or(() -> owned.entrySet().stream()
                        .filter(each -> each.getValue().equals(vpcId))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .findFirst());
    }

    /** An interface that is not isolated, and the groups that it is in: whoever may do this can open an instance. */
    Optional<DryRun> opening() {
        return interfaces.stream()
                .filter(each -> !each.isolated() && !each.groups().isEmpty())
                .filter(each -> each.groups().stream().noneMatch(this::isolates))
                .<DryRun>map(each -> new DryRun.Swap(each.interfaceId(), each.groups()))
                .findFirst();
    }

    private boolean isolates(String groupId) {
        return owned.containsKey(groupId) || Set.copyOf(existing.values()).contains(groupId);
    }

    /** An interface that is isolated. */
    Optional<Sample> isolated() {
        return interfaces.stream().filter(Sample::isolated).findFirst();
    }
}
