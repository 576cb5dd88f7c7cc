package io.ec2quarantine.ingest;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How the last poll of every source ended. */
public final class SourceBook {
    private final ConcurrentMap<SourceRegion, SourceState> states = new ConcurrentHashMap<>();

    /** The state of a source; never polled means unknown. */
    public SourceState of(SourceRegion source) {
        return states.getOrDefault(source, SourceState.unknown());
    }

    void note(SourceRegion source, SourceState state) {
        states.put(source, state);
    }
}
