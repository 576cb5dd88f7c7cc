package io.ec2quarantine.expression;

import dev.cel.common.CelSourceLocation;
import java.util.Optional;

/** Where something stands in an expression, as editors count: the first line and the first column are 1. */
final class Positions {
    private Positions() {}

    /** The beginning of a sentence about that place; empty where the place is not known. */
    static String at(Optional<CelSourceLocation> location) {
        return location.map(place -> "line " + place.getLine() + ", column " + (place.getColumn() + 1) + ": ")
                .orElse("");
    }
}
