package io.ec2quarantine.ingest;

import static io.ec2quarantine.core.finding.FindingBuilder.finding;
import static io.ec2quarantine.core.isolation.Seen.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.finding.Finding;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingBookTest {
    private static final String INSTANCE = "i-00000001";

    private final FindingBook book = new FindingBook();

    @Test
    void keepsTheNewestVersionOfEach() {
        book.note(INSTANCE, version("f1", 2));
        book.note(INSTANCE, version("f1", 1));

        assertThat(book.of(INSTANCE)).containsExactly(version("f1", 2));
    }

    @Test
    void forgetsWhatIsTakenOverAndKeepsWhatCameMeanwhile() {
        book.note(INSTANCE, version("f1", 1));
        book.note(INSTANCE, version("f2", 2));

        book.forget(INSTANCE, each -> !each.updatedAt().isAfter(READ.plusSeconds(1)));

        assertThat(book.of(INSTANCE)).containsExactly(version("f2", 2));
    }

    @Test
    void isBoundedByWhatItKnewFirst() {
        for (int number = 0; number <= FindingBook.MOST_INSTANCES; number++) {
            book.note("i-" + number, version("f1", 0));
        }
        for (int number = 0; number <= FindingBook.MOST_OF_AN_INSTANCE; number++) {
            book.note(INSTANCE, version("f" + number, number));
        }

        assertThat(List.of(book.of("i-0"), book.of("i-1"))).allMatch(findings -> findings.isEmpty());
        assertThat(book.of("i-2")).hasSize(1);
        assertThat(book.of(INSTANCE)).hasSize(FindingBook.MOST_OF_AN_INSTANCE).doesNotContain(version("f0", 0));
    }

    private static Finding version(String id, int number) {
        return finding().id(id).updatedAt(READ.plusSeconds(number)).build();
    }
}
