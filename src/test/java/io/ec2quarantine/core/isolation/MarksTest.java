package io.ec2quarantine.core.isolation;

import static io.ec2quarantine.core.isolation.Seen.INSTANCE_ID;
import static io.ec2quarantine.core.isolation.Seen.READ;
import static io.ec2quarantine.core.isolation.Seen.eni;
import static io.ec2quarantine.core.isolation.Seen.present;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarksTest {
    private static final int LONGEST_TAG_VALUE = 256;
    private static final Map<String, String> COMMON =
            Map.of(Marks.STATE, "isolated", Marks.QUARANTINE, "install-1/" + INSTANCE_ID);

    @Test
    void theInstanceAndEachInterfaceAreMarked() {
        Observation.Present seen = present(List.of(eni("eni-0", 0, "vpc-1", "sg-iso"), eni("eni-1", 1, "vpc-1")));

        assertThat(Marks.missing(seen, Map.of("eni-0", List.of("sg-a", "sg-b")), "install-1", INSTANCE_ID))
                .containsExactly(
                        new Step.Tag(INSTANCE_ID, COMMON),
                        new Step.Tag("eni-0", with(COMMON, Marks.BASELINE, "sg-a sg-b")),
                        new Step.Tag("eni-1", COMMON));
    }

    @Test
    void whatIsMarkedAlreadyIsLeftAlone() {
        Map<String, String> marked = with(with(COMMON, Marks.BASELINE, "sg-a"), "Name", "theirs");
        Observation.Present seen = new Observation.Present(
                Seen.running(List.of(), COMMON),
                List.of(tagged("eni-0", marked), tagged("eni-1", with(marked, Marks.STATE, "released"))),
                List.of(),
                READ);
        Map<String, List<String>> baselines = Map.of("eni-0", List.of("sg-a"), "eni-1", List.of("sg-a"));

        assertThat(Marks.missing(seen, baselines, "install-1", INSTANCE_ID))
                .containsExactly(new Step.Tag("eni-1", with(COMMON, Marks.BASELINE, "sg-a")));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 1, 0", "12, 12, 0", "13, 12, 1", "16, 12, 4", "24, 12, 12", "25, 12, 12"})
    void aTagHoldsTwelveGroups(int groups, int first, int second) {
        List<String> ids = IntStream.range(0, groups)
                .mapToObj(index -> String.format("sg-%017x", index))
                .toList();
        Observation.Present seen = present(List.of(eni("eni-0", 0, "vpc-1", "sg-iso")));

        Map<String, String> tags = Marks.missing(seen, Map.of("eni-0", ids), "install-1", INSTANCE_ID).stream()
                .flatMap(step -> step instanceof Step.Tag tag ? Stream.of(tag) : Stream.empty())
                .filter(tag -> tag.resourceId().equals("eni-0"))
                .map(Step.Tag::tags)
                .findFirst()
                .orElseThrow();

        assertThat(ids(tags, Marks.BASELINE)).isEqualTo(ids.subList(0, first));
        assertThat(ids(tags, Marks.BASELINE_2)).isEqualTo(ids.subList(first, first + second));
        assertThat(tags.values()).allSatisfy(value -> assertThat(value).hasSizeLessThanOrEqualTo(LONGEST_TAG_VALUE));
    }

    private static List<String> ids(Map<String, String> tags, String key) {
        return Stream.of(tags.getOrDefault(key, "").split(" ", -1))
                .filter(id -> !id.isEmpty())
                .toList();
    }

    private static InterfaceState tagged(String id, Map<String, String> tags) {
        return new InterfaceState(id, "vpc-1", 0, 0, List.of("sg-iso"), Optional.empty(), tags);
    }

    private static Map<String, String> with(Map<String, String> tags, String key, String value) {
        Map<String, String> all = new HashMap<>(tags);
        all.put(key, value);
        return all;
    }
}
