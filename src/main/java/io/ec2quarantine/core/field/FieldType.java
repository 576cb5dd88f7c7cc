package io.ec2quarantine.core.field;

/** What a field holds. */
public enum FieldType {
    /** A {@link String}. */
    TEXT("text"),
    /** A list of strings. */
    TEXTS("list of texts"),
    /** A map from strings to strings. */
    TEXT_BY_KEY("map from text to text"),
    /** A {@link Long}. */
    WHOLE_NUMBER("whole number"),
    /** A {@link Double}. */
    NUMBER("number"),
    /** An {@link java.time.Instant}. */
    TIME("time");

    private final String label;

    FieldType(String label) {
        this.label = label;
    }

    /** The type as people read it. */
    public String label() {
        return label;
    }
}
