package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.core.access.Role;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** How the last poll of every source ended, which Regions there are, and which queues cannot be read. */
public final class SourceBook {
    private final ConcurrentMap<SourceRegion, SourceState> states = new ConcurrentHashMap<>();
    private final ConcurrentMap<Optional<Role>, RegionList> lists = new ConcurrentHashMap<>();
    private final ConcurrentMap<FindingQueue, SourceState.Problem> queues = new ConcurrentHashMap<>();

    /** The state of a source; never polled means unknown. */
    public SourceState of(SourceRegion source) {
        return states.getOrDefault(source, SourceState.unknown());
    }

    /** The Regions that are enabled for a reader. */
    public RegionList regions(Optional<Role> reader) {
        return lists.getOrDefault(reader, RegionList.unknown());
    }

    /** The streams that a source stands for, as far as they are known. */
    public List<SourceRegion> regionsOf(Source source) {
        Optional<Role> reader = SourceRegion.reader(source);
        List<String> regions =
                SourceRegion.isEveryRegion(source) ? regions(reader).regions() : source.regions();
        return regions.stream()
                .distinct()
                .map(region -> new SourceRegion(reader, region))
                .toList();
    }

    /** Why a queue cannot be read; empty where it can, or was never tried. */
    public Optional<SourceState.Problem> problemOf(FindingQueue queue) {
        return Optional.ofNullable(queues.get(queue));
    }

    void note(FindingQueue queue, Optional<SourceState.Problem> problem) {
        problem.ifPresentOrElse(each -> queues.put(queue, each), () -> queues.remove(queue));
    }

    void note(SourceRegion source, SourceState state) {
        states.put(source, state);
    }

    void note(Optional<Role> reader, RegionList list) {
        lists.put(reader, list);
    }
}
