package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.ApiGroup;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.core.policy.QuarantineView;
import io.ec2quarantine.status.QuarantineReading;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is remembered of a release: by the object of the episode after it, and by the instance's own tags. */
final class ReleaseMemory {
    private final Installation installation;

    ReleaseMemory(Installation installation) {
        this.installation = installation;
    }

    /** What the tags of an instance remember whose object is gone. */
    Optional<QuarantineView> ofTags(String instanceId, Map<String, String> tags) {
        return Optional.ofNullable(tags.get(Marks.RELEASED_TIME))
                .flatMap(mark -> installation.releasedTime(instanceId, mark))
                .map(QuarantineView::remembered);
    }

    /**
     * When the episode before the present one was released, as whoever opened the present one wrote it; where a person did,
     * the status tells, also until the present one is written there.
     */
    static Optional<Instant> releasedBefore(QuarantinedInstance object) {
        Optional<QuarantinedInstanceStatus> status = Optional.ofNullable(object.getStatus());
        return Stream.of(
                        written(object),
                        status.flatMap(QuarantineReading::releasedBefore),
                        status.filter(_ -> object.getSpec().desiredState() != DesiredState.RELEASED)
                                .flatMap(QuarantineReading::openSince))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    private static Optional<Instant> written(QuarantinedInstance object) {
        return Optional.ofNullable(object.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(ApiGroup.RELEASED_BEFORE_ANNOTATION))
                .flatMap(ReleaseMemory::parsed);
    }

    /** What a person has dealt with in one episode must not raise the next, which other activity may have opened. */
    static Map<String, String> remembering(@Nullable Map<String, String> annotations, Optional<Instant> released) {
        Map<String, String> all = new HashMap<>(Optional.ofNullable(annotations).orElseGet(Map::of));
        released.ifPresent(time -> all.put(ApiGroup.RELEASED_BEFORE_ANNOTATION, time.toString()));
        return all;
    }

    /** What people have made unreadable says nothing: a finding too many beats one too few. */
    private static Optional<Instant> parsed(String time) {
        try {
            return Optional.of(Instant.parse(time));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}
