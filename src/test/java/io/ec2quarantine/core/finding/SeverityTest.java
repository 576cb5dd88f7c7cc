package io.ec2quarantine.core.finding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeverityTest {
    @ParameterizedTest
    @CsvSource({
        "0.0, LOW",
        "1.0, LOW",
        "3.9, LOW",
        "3.999, LOW",
        "4.0, MEDIUM",
        "6.9, MEDIUM",
        "6.999, MEDIUM",
        "7.0, HIGH",
        "8.9, HIGH",
        "8.999, HIGH",
        "9.0, CRITICAL",
        "10.0, CRITICAL"
    })
    void aLabelBeginsAtItsScore(double score, Severity severity) {
        assertThat(Severity.ofScore(score)).isEqualTo(severity);
    }

    @Test
    void severitiesAreOrderedLowestFirst() {
        assertThat(Severity.values()).containsExactly(Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL);
    }
}
