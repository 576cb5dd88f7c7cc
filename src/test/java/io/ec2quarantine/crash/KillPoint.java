package io.ec2quarantine.crash;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A moment at which an operator dies.
 *
 * @param write counts the writes of an isolation, from 1
 */
record KillPoint(int write, Side side) {
    /** Immediately before or immediately after the write. */
    enum Side {
        BEFORE,
        AFTER
    }

    /** Before and after each of so many writes. */
    static List<KillPoint> around(int writes) {
        return IntStream.rangeClosed(1, writes)
                .boxed()
                .flatMap(write -> Stream.of(Side.values()).map(side -> new KillPoint(write, side)))
                .toList();
    }

    @Override
    public String toString() {
        return side + " write " + write;
    }
}
