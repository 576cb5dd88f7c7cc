package io.ec2quarantine.core.isolation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What was found changed of late, to tell an accident from a fight: somebody, or more often some controller, that changes
 * the same thing again each time it is repaired.
 */
public record DriftHistory(List<Sighting> sightings) {
    /** As often within the window is a fight. */
    public static final int FIGHT = 5;

    /** How far back a fight is looked for. */
    public static final Duration WINDOW = Duration.ofMinutes(10);

    private static final DriftHistory EMPTY = new DriftHistory(List.of());

    public DriftHistory {
        sightings = List.copyOf(sightings);
    }

    /** Nothing was found yet. */
    public static DriftHistory empty() {
        return EMPTY;
    }

    /** With what was found now; what is too old to count is forgotten. */
    public DriftHistory with(List<Difference> differences, Instant now) {
        List<Sighting> kept = new ArrayList<>(recent(now));
        differences.forEach(difference -> kept.add(new Sighting(difference.subject(), difference.sentence(), now)));
        return new DriftHistory(kept);
    }

    /** What is changed again and again, in the words of its last sighting. */
    public Optional<String> fight(Instant now) {
        return recent(now).stream().collect(Collectors.groupingBy(Sighting::subject)).values().stream()
                .filter(each -> each.size() >= FIGHT)
                .map(List::getLast)
                .map(Sighting::sentence)
                .sorted()
                .findFirst();
    }

    private List<Sighting> recent(Instant now) {
        return sightings.stream()
                .filter(each -> each.time().isAfter(now.minus(WINDOW)))
                .toList();
    }

    /** One thing that was found changed. */
    public record Sighting(String subject, String sentence, Instant time) {}
}
