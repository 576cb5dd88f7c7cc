package io.ec2quarantine.notice;

import io.ec2quarantine.core.PlainLine;
import io.ec2quarantine.core.field.Field;
import io.ec2quarantine.core.field.FieldType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The fields of a notice as maps, lists and texts, by their names. What comes from outside is made one bounded, plain line
 * here, whatever it was: nothing that steers a terminal, a reader's eye or a mail gets further.
 */
final class NoticeTree {
    private static final int LONGEST_TEXT = 1024;
    private static final int LONGEST_IN_A_LIST = 256;
    private static final int LONGEST_LIST = 50;

    /** How an absent field and a present one are shown; an empty answer leaves the field out. */
    private final BiFunction<FieldType, Optional<Object>, Optional<Object>> shown;

    private NoticeTree(BiFunction<FieldType, Optional<Object>, Optional<Object>> shown) {
        this.shown = shown;
    }

    /** For templates: every name is there, and what is absent is empty. */
    static Map<String, Object> forTemplates(Notice notice) {
        return new NoticeTree((type, value) -> Optional.of(value.map(NoticeTree::toTheSecond)
                        .map(NoticeTree::text)
                        .orElse(type == FieldType.TEXTS ? List.of() : "")))
                .of(notice);
    }

    /** For JSON: numbers stay numbers, and what is absent or empty is left out. */
    static Map<String, Object> forJson(Notice notice) {
        return new NoticeTree((_, value) -> value.map(known -> known instanceof Long ? known : text(known))
                        .filter(known -> !known.equals("") && !known.equals(List.of())))
                .of(notice);
    }

    private Map<String, Object> of(Notice notice) {
        Map<String, Object> tree = fields(NoticeFields.ALL, notice);
        put(tree, "findings", each(NoticeFields.FINDING, notice.status().findings()));
        put(
                tree,
                "isolation.interfaces",
                each(NoticeFields.INTERFACE, notice.status().interfaces()));
        put(tree, "isolation.groups", each(NoticeFields.GROUP, notice.status().isolationGroups()));
        return tree;
    }

    private <T> List<Map<String, Object>> each(List<Field<T>> fields, List<T> subjects) {
        return subjects.stream()
                .limit(LONGEST_LIST)
                .map(subject -> fields(fields, subject))
                .toList();
    }

    private <T> Map<String, Object> fields(List<Field<T>> fields, T subject) {
        Map<String, Object> tree = new LinkedHashMap<>();
        fields.forEach(field -> shown.apply(field.type(), field.value().apply(subject))
                .ifPresent(value -> put(tree, field.name(), value)));
        return tree;
    }

    /** A name with dots is a map in a map. */
    private static void put(Map<String, Object> tree, String name, Object value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            tree.put(name, value);
        } else {
            @SuppressWarnings("unchecked") // Nothing else is put under a name that has names below it.
            Map<String, Object> below =
                    (Map<String, Object>) tree.computeIfAbsent(name.substring(0, dot), _ -> new LinkedHashMap<>());
            put(below, name.substring(dot + 1), value);
        }
    }

    /** Nobody who reads a mail wants to know it more exactly. */
    private static Object toTheSecond(Object value) {
        return value instanceof Instant time ? time.truncatedTo(ChronoUnit.SECONDS) : value;
    }

    private static Object text(Object value) {
        if (!(value instanceof List<?> list)) {
            return PlainLine.of(value.toString(), LONGEST_TEXT);
        }
        List<Object> texts = new ArrayList<>();
        list.stream().limit(LONGEST_LIST).forEach(each -> texts.add(PlainLine.of(each.toString(), LONGEST_IN_A_LIST)));
        return List.copyOf(texts);
    }
}
