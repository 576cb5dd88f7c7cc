package io.ec2quarantine.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is left out of a text from outside. */
class PlainLineTest {
    @Test
    void whatAQueueRefusesIsNotInAMessage() {
        // SQS and SNS take #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF alone
        assertThat(PlainLine.of("web\uFFFF\uFFFE\uD800x").chars())
                .noneMatch(c -> c == 0xFFFF || c == 0xFFFE || (c >= 0xD800 && c <= 0xDFFF));
    }
}
