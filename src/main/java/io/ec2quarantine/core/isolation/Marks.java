package io.ec2quarantine.core.isolation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tags by which people in AWS's own consoles see what happened; no isolation rests on them. */
public final class Marks {
    /** On the groups that an installation made: its install id. */
    public static final String OWNER = "ec2quarantine.io/owner";

    public static final String STATE = "ec2quarantine.io/state";
    public static final String QUARANTINE = "ec2quarantine.io/quarantine";
    public static final String BASELINE = "ec2quarantine.io/baseline";
    public static final String BASELINE_2 = "ec2quarantine.io/baseline-2";

    public static final String RELEASED_TIME = "ec2quarantine.io/released-time";

    /** What {@link #STATE} says of what is isolated. */
    public static final String ISOLATED = "isolated";

    private static final String RELEASED = "released";
    /** A tag value holds 256 characters: twelve group ids with their separators. */
    private static final int IDS_PER_TAG = 12;

    private Marks() {}

    /** Whether somebody's mark says that an interface is isolated. */
    public static boolean isMarkedIsolated(InterfaceState state) {
        return ISOLATED.equals(state.tags().get(STATE));
    }

    /** Whether the instance looks isolated by this installation. */
    public static boolean areOn(InstanceFacts instance, String installId) {
        return ISOLATED.equals(instance.tags().get(STATE))
                && instance.tags().getOrDefault(QUARANTINE, "").startsWith(installId + "/");
    }

    /** Whether a quarantine of the installation that owns a group has marked an interface. */
    public static boolean areOn(InterfaceState state, Optional<String> installId) {
        return installId
                .filter(owner -> state.tags().getOrDefault(QUARANTINE, "").startsWith(owner + "/"))
                .isPresent();
    }

    /**
     * Whether a quarantine of the installation marked an interface that has other groups than it had by that mark: a
     * quarantine that is deleted leaves both where they are.
     */
    static boolean sayLeftIsolated(InterfaceState state, String installId) {
        List<String> before = Stream.of(BASELINE, BASELINE_2)
                .flatMap(key -> Stream.of(state.tags().getOrDefault(key, "").split(" ", -1)))
                .filter(each -> !each.isEmpty())
                .sorted()
                .toList();
        return isMarkedIsolated(state)
                && areOn(state, Optional.of(installId))
                && !state.groups().equals(before);
    }

    /** The tags that are still missing on an isolated instance and its interfaces. */
    public static List<Step> missing(
            Observation.Present seen, Map<String, List<String>> baselines, String installId, String quarantine) {
        Map<String, String> common = Map.of(STATE, ISOLATED, QUARANTINE, installId + "/" + quarantine);
        List<Step> steps = new ArrayList<>();
        addMissing(steps, seen.instance().id(), seen.instance().tags(), common);
        for (InterfaceState state : seen.interfaces()) {
            Map<String, String> wanted = new HashMap<>(common);
            wanted.putAll(baseline(baselines.getOrDefault(state.id(), List.of())));
            addMissing(steps, state.id(), state.tags(), wanted);
        }
        return List.copyOf(steps);
    }

    /**
     * What turns the marks of an isolation into those of a release.
     *
     * @param releasedTime what is left on the instance in memory of the release
     */
    public static List<Step> released(InstanceFacts instance, List<InterfaceState> interfaces, String releasedTime) {
        List<Step> steps = new ArrayList<>();
        addMissing(steps, instance.id(), instance.tags(), Map.of(STATE, RELEASED, RELEASED_TIME, releasedTime));
        addPresent(steps, instance.id(), instance.tags(), Set.of(QUARANTINE));
        interfaces.forEach(state -> addPresent(
                steps, state.id(), state.tags(), Set.of(STATE, QUARANTINE, BASELINE, BASELINE_2, RELEASED_TIME)));
        return List.copyOf(steps);
    }

    private static void addPresent(
            List<Step> steps, String resourceId, Map<String, String> present, Set<String> unwanted) {
        Set<String> keys = unwanted.stream().filter(present::containsKey).collect(Collectors.toSet());
        if (!keys.isEmpty()) {
            steps.add(new Step.Untag(resourceId, keys));
        }
    }

    private static void addMissing(
            List<Step> steps, String resourceId, Map<String, String> present, Map<String, String> wanted) {
        if (!present.entrySet().containsAll(wanted.entrySet())) {
            steps.add(new Step.Tag(resourceId, wanted));
        }
    }

    private static Map<String, String> baseline(List<String> groups) {
        if (groups.isEmpty()) {
            return Map.of();
        }
        int first = Math.min(groups.size(), IDS_PER_TAG);
        Map<String, String> tags = new HashMap<>();
        tags.put(BASELINE, String.join(" ", groups.subList(0, first)));
        if (groups.size() > first) {
            tags.put(BASELINE_2, String.join(" ", groups.subList(first, Math.min(groups.size(), 2 * IDS_PER_TAG))));
        }
        return tags;
    }
}
