package io.ec2quarantine.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.crash.KillPoint.Side;
import java.util.List;
import java.util.stream.IntStream;

/** The moments of an operator's life at which it could have died, in the order in which it passed them. */
record Journal(List<String> moments) {
    Journal {
        moments = List.copyOf(moments);
    }

    /** How many writes it began. */
    int writes() {
        return begun().size();
    }

    /** The number of the write before the first one of this action. */
    int before(String action) {
        List<String> begun = begun();
        return IntStream.range(1, begun.size())
                .filter(index -> begun.get(index).contains(": " + action + " "))
                .findFirst()
                .orElseThrow();
    }

    /** Whether every write that it began has ended. */
    boolean isAtRest() {
        return moments.size() == 2 * writes();
    }

    /** The moment at a kill point, with what was written there. */
    String at(KillPoint point) {
        return moments.stream()
                .filter(moment -> moment.startsWith(point + ":"))
                .findFirst()
                .orElse("never " + point);
    }

    /** Fails unless this life went like the whole one as far as the kill point, and ended there. */
    void endedAt(KillPoint point, Journal whole) {
        assertThat(moments).as("the moment of death").contains(whole.at(point));
        assertThat(moments)
                .as("nothing after death")
                .doesNotContain(whole.at(new KillPoint(point.write() + 1, Side.AFTER)));
        assertThat(whole.begun()).as("the writes before death").startsWith(begun().toArray(String[]::new));
    }

    private List<String> begun() {
        return moments.stream()
                .filter(moment -> moment.startsWith(Side.BEFORE.name()))
                .toList();
    }
}
