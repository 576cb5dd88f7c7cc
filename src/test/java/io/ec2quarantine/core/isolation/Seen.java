package io.ec2quarantine.core.isolation;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a look at an instance finds, for tests. */
public final class Seen {
    public static final String INSTANCE_ID = "i-0123456789abcdef0";
    public static final Instant READ = Instant.parse("2026-11-24T09:00:00Z");
    public static final IsolationTarget TARGET = new IsolationTarget("install-1", "isolation", Map.of());
    public static final IsolationRecord NOTHING_WRITTEN = new IsolationRecord(Set.of(), Map.of());

    private Seen() {}

    /** A running instance. */
    public static InstanceFacts running() {
        return running(List.of(), Map.of());
    }

    /** A running instance with groups of its own, and tags. */
    public static InstanceFacts running(List<String> groups, Map<String, String> tags) {
        return new InstanceFacts(
                INSTANCE_ID,
                "111122223333",
                "running",
                Optional.of("web-1"),
                Optional.of("10.0.0.5"),
                Optional.of("203.0.113.9"),
                Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                Optional.empty(),
                false,
                groups,
                tags);
    }

    /** The same instance once it is terminated: EC2 has forgotten most of it. */
    public static Observation.Gone gone() {
        return new Observation.Gone(new InstanceFacts(
                INSTANCE_ID,
                "111122223333",
                "terminated",
                Optional.of("web-1"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                Optional.empty(),
                false,
                List.of(),
                Map.of()));
    }

    /** An interface on card 0. */
    public static InterfaceState eni(String id, int deviceIndex, String vpcId, String... groups) {
        return new InterfaceState(id, vpcId, 0, deviceIndex, List.of(groups), Optional.empty(), Map.of());
    }

    /** An interface on card 0 that only AWS can change. */
    public static InterfaceState unchangeable(String id, int deviceIndex, String vpcId, String... groups) {
        return new InterfaceState(
                id, vpcId, 0, deviceIndex, List.of(groups), Optional.of("only AWS can change it"), Map.of());
    }

    /** A group of ours without rules. */
    public static GroupState ours(String id, String vpcId) {
        return ours(id, vpcId, 0);
    }

    /** A group of ours with rules and members. */
    public static GroupState ours(String id, String vpcId, int rules, String... members) {
        return group(id, vpcId, TARGET.groupName(), Optional.of(TARGET.installId()), rules, members);
    }

    /** A group without access of its own, with so many rules all the same. */
    public static GroupState group(
            String id, String vpcId, String name, Optional<String> owner, int rules, String... members) {
        return new GroupState(id, vpcId, name, owner, RuleSet.NONE, rules(rules), Set.of(members));
    }

    /** So many rules. */
    public static Set<GroupRule> rules(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> GroupRule.everything(false, "10." + number + ".0.0/16"))
                .collect(Collectors.toSet());
    }

    /** A look at a running instance. */
    public static Observation.Present present(List<InterfaceState> interfaces, GroupState... groups) {
        return new Observation.Present(running(), interfaces, List.of(groups), READ);
    }
}
