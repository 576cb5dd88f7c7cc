package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownRegionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"us-west-2", "eu-central-1", "us-gov-west-1", "cn-north-1"})
    void aRegionThatThereIsRaisesNoDoubt(String name) {
        assertThat(KnownRegions.doubt(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            name          | like
            us-wets-2     | us-west-2
            us-west2      | us-west-2
            us-west-22    | us-west-2
            eu-centrall-2 | eu-central-2
            us-west-3     | us-west-1 or us-west-2
            """)
    void oneThatIsMisspeltIsTakenForThoseLikeIt(String name, String like) {
        assertThat(KnownRegions.doubt(name))
                .contains(name + " is no Region that this version knows; did you mean " + like + "?");
    }

    @Test
    void oneThatIsLikeNoneIsOnlyDoubted() {
        assertThat(KnownRegions.doubt("frankfurt"))
                .contains("frankfurt is no Region that this version knows; check how it is spelled.");
    }
}
