package io.ec2quarantine.ingest;

import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec.Source;
import io.ec2quarantine.core.access.Role;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One queue that findings are told by: policies that name the same one share it.
 *
 * @param reader the role that reads it; empty for the operator's own identity
 * @param region where it is; empty for the operator's own Region
 */
public record FindingQueue(Optional<Role> reader, String url, Optional<String> region) {
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}");

    /** The queue that a source names. */
    public static Optional<FindingQueue> of(Source source) {
        return Optional.ofNullable(source.queueURL())
                .map(url -> new FindingQueue(SourceRegion.reader(source), url, region(url, source)));
    }

    /** As the host of the URL tells it, or else, such as with an emulator, the first Region of the source. */
    private static Optional<String> region(String url, Source source) {
        Stream<String> ofHost = host(url).stream().flatMap(host -> Arrays.stream(host.split("\\.", -1)));
        return Stream.concat(ofHost, source.regions().stream())
                .filter(each -> REGION.matcher(each).matches())
                .findFirst();
    }

    @Override
    public String toString() {
        return url + " in " + region.orElse("the operator's own Region");
    }

    private static Optional<String> host(String url) {
        try {
            return Optional.ofNullable(URI.create(url).getHost());
        } catch (IllegalArgumentException _) {
            // The schema lets no such URL in; without a host, the source tells the Region.
            return Optional.empty();
        }
    }
}
