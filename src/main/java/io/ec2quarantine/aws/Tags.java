package io.ec2quarantine.aws;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The way between the SDK's tags and a map. */
final class Tags {
    private Tags() {}

    static Map<String, String> toMap(Collection<Tag> tags) {
        return tags.stream()
                .collect(Collectors.toMap(Tag::key, tag -> String.valueOf(tag.value()), (first, _) -> first));
    }

    static Collection<Tag> toSdk(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(entry -> Tag.builder()
                        .key(entry.getKey())
                        .value(entry.getValue())
                        .build())
                .toList();
    }
}
