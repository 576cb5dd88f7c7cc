package io.ec2quarantine.core.field;

import java.util.Optional;
import java.util.function.Function;

/**
 * A field of what people write about.
 *
 * @param meaning one sentence, with its full stop
 * @param value empty where the subject has none, which only an optional field allows
 */
public record Field<T>(
        String name, FieldType type, Presence presence, String meaning, Function<T, Optional<Object>> value) {
    /** Whether a field may be absent. */
    public enum Presence {
        ALWAYS,
        OPTIONAL
    }

    /** A field that every subject has. */
    public static <T> Field<T> always(String name, FieldType type, String meaning, Function<T, Object> value) {
        return new Field<>(name, type, Presence.ALWAYS, meaning, subject -> Optional.of(value.apply(subject)));
    }

    /** A field that a subject may lack. */
    public static <T> Field<T> optional(
            String name, FieldType type, String meaning, Function<T, Optional<String>> value) {
        return new Field<>(
                name,
                type,
                Presence.OPTIONAL,
                meaning,
                subject -> value.apply(subject).map(Object.class::cast));
    }
}
