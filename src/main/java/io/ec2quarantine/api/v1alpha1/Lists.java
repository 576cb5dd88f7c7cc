package io.ec2quarantine.api.v1alpha1;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what Jackson found for a list into a list that is there and cannot be changed. */
final class Lists {
    private Lists() {}

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** Keeps the nulls that stand for values which this version does not know. */
    static <T> List<@Nullable T> orEmptyWithUnknowns(@Nullable List<@Nullable T> list) {
        return list == null ? List.of() : Collections.unmodifiableList(new ArrayList<>(list));
    }
}
