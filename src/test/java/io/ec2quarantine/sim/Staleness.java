package io.ec2quarantine.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Eventual consistency on demand: after a write, reads show the world as it was before it. Off until asked for. */
final class Staleness {
    /** How many calls of each action, or for how long, an old view is shown. */
    record Settings(int reads, Duration time, Map<String, Integer> readsByAction) {
        static final Settings OFF = new Settings(0, Duration.ZERO, Map.of());

        boolean off() {
            return reads == 0 && time.isZero() && readsByAction.isEmpty();
        }
    }

    private Settings settings = Settings.OFF;
    private Optional<Ec2State> old = Optional.empty();
    private Instant written = Instant.EPOCH;
    private final Map<String, Integer> used = new HashMap<>();
    private final Map<String, Ec2State> views = new HashMap<>();

    void use(Settings changed) {
        settings = changed;
        if (changed.off()) {
            old = Optional.empty();
            views.clear();
        }
    }

    boolean on() {
        return !settings.off();
    }

    void written(Ec2State before, Instant now) {
        old = Optional.of(before);
        written = now;
        used.clear();
    }

    /** What a call sees. Pages after the first show the same world as the first. */
    Ec2State view(Ec2State live, Request request, boolean write, Instant now) {
        if (!on()) {
            return live;
        }
        if (request.page() > 1) {
            return views.getOrDefault(request.action(), live);
        }
        var view = old.filter(state -> stale(request.action(), write, now)).orElse(live);
        views.put(request.action(), view);
        return view;
    }

    private boolean stale(String action, boolean write, Instant now) {
        if (!write && now.isBefore(written.plus(settings.time()))) {
            return true;
        }
        int allowed = settings.readsByAction().getOrDefault(action, write ? 0 : settings.reads());
        return used.merge(action, 1, Integer::sum) <= allowed;
    }
}
