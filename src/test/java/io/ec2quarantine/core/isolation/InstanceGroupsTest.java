package io.ec2quarantine.core.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The groups of the instance itself are replaced only where they keep an interface from what is wanted of it. */
class InstanceGroupsTest {
    @ParameterizedTest(name = "{3}")
    @CsvSource(delimiter = '|', textBlock = """
            target     | target     | left    | before the interface is moved, on EC2 as anywhere
            iso        | iso        | left    | an isolated instance on EC2
            iso target | iso target | left    | a group that somebody added beside, on EC2
            iso target | iso        | left    | a group that somebody added to the interface alone
            iso        | target     | left    | a read of the instance that is older than the move
            iso target | target     | replace | the instance keeps its groups apart
            iso a b    | a b        | replace | the instance keeps several groups apart
            iso a b    | a          | left    | what the instance keeps explains a part only
            """)
    void replaces(String ofTheInterface, String ofTheInstance, String expected, String rule) {
        Optional<Step> step = InstanceGroups.replacement(
                Seen.running(groups(ofTheInstance), Map.of()), state(groups(ofTheInterface)), List.of("iso"));

        assertThat(step)
                .as(rule)
                .isEqualTo(
                        expected.equals("replace")
                                ? Optional.of(new Step.ReplaceInstanceGroups(Seen.INSTANCE_ID, List.of("iso")))
                                : Optional.empty());
    }

    private static List<String> groups(String ids) {
        return Stream.of(ids.split(" ")).toList();
    }

    private static InterfaceState state(List<String> groups) {
        return Seen.eni("eni-0", 0, "vpc-1", groups.toArray(String[]::new));
    }
}
