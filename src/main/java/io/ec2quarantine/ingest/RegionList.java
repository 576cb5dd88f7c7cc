package io.ec2quarantine.ingest;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The Regions that are enabled in an account, as they were last read.
 *
 * @param readTime empty until they are known
 * @param problem why they could not be read the last time
 */
public record RegionList(List<String> regions, Optional<Instant> readTime, Optional<SourceState.Problem> problem) {
    /** A list that was never read. */
    static RegionList unknown() {
        return new RegionList(List.of(), Optional.empty(), Optional.empty());
    }

    /** What was known stands, for a list that cannot be read is not an empty one. */
    RegionList not(SourceState.Problem why) {
        return new RegionList(regions, readTime, Optional.of(why));
    }
}
