package io.ec2quarantine.aws;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Tag;

/** The operator's own tag keys, and the way between the SDK's tags and a map. */
public final class Tags {
    public static final String OWNER = "ec2quarantine.io/owner";
    public static final String STATE = "ec2quarantine.io/state";
    public static final String QUARANTINE = "ec2quarantine.io/quarantine";
    public static final String BASELINE = "ec2quarantine.io/baseline";
    public static final String BASELINE_2 = "ec2quarantine.io/baseline-2";

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
