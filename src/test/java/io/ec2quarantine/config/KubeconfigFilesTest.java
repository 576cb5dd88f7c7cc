package io.ec2quarantine.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeconfigFilesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "/there", "/missing:/there"})
    void oneThatExistsIsEnoughAndNoneIsNamedInAPod(String named) {
        assertThat(problem(Map.of("KUBECONFIG", named))).isEmpty();
        assertThat(problem(Map.of())).isEmpty();
    }

    @Test
    void whatDoesNotExistIsNamed() {
        assertThat(problem(Map.of("KUBECONFIG", "/missing")))
                .contains(
                        "KUBECONFIG names /missing, which does not exist; correct it, or leave it out where the operator"
                                + " runs in a pod.");
    }

    private static Optional<String> problem(Map<String, String> environment) {
        return KubeconfigFiles.problem(environment, Path.of("/there")::equals);
    }
}
