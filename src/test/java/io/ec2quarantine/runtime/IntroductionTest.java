package io.ec2quarantine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IntroductionTest {
    private static final String SERVER = "https://10.0.0.1:6443/";

    @Test
    void theFirstLineSaysWhatStartsAndWithWhomItIsGoingToSpeak() {
        assertThat(Introduction.of(
                        Optional.of("0.1.0"),
                        SERVER,
                        Map.of(
                                "AWS_REGION", "us-west-2",
                                "AWS_ENDPOINT_URL", "http://127.0.0.1:4566",
                                "AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4567")))
                .isEqualTo("starting version 0.1.0: Kubernetes API server https://10.0.0.1:6443/"
                        + ", AWS_ENDPOINT_URL http://127.0.0.1:4566, AWS_ENDPOINT_URL_STS http://127.0.0.1:4567"
                        + ", AWS_REGION us-west-2");
    }

    @Test
    void theFirstLineNamesNothingThatIsNotSet() {
        assertThat(Introduction.of(Optional.empty(), SERVER, Map.of()))
                .isEqualTo(
                        "starting version unknown: Kubernetes API server https://10.0.0.1:6443/, AWS's own endpoints");
    }

    @Test
    void theFirstLineTellsNoCredential() {
        assertThat(Introduction.of(
                        Optional.empty(),
                        SERVER,
                        Map.of(
                                "AWS_ENDPOINT_URL", "https://user:hidden@proxy:4566",
                                "AWS_ACCESS_KEY_ID", "AKIAKEY",
                                "AWS_SECRET_ACCESS_KEY", "hidden",
                                "AWS_SESSION_TOKEN", "hidden")))
                .doesNotContain("AKIAKEY", "hidden");
    }
}
