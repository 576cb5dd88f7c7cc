package io.ec2quarantine.sim;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Resources of one kind by id, in the order of their creation, which is also the order of pages. */
final class Table<T> {
    private final Map<String, Row<T>> rows;
    private long next;

    private record Row<T>(long sequence, T value) {}

    Table() {
        this(new LinkedHashMap<>(), 1);
    }

    private Table(Map<String, Row<T>> rows, long next) {
        this.rows = rows;
        this.next = next;
    }

    Table<T> copy() {
        return new Table<>(new LinkedHashMap<>(rows), next);
    }

    Optional<T> find(String id) {
        return Optional.ofNullable(rows.get(id)).map(Row::value);
    }

    boolean has(String id) {
        return rows.containsKey(id);
    }

    /** Adds or replaces; a replaced one keeps its place. */
    void put(String id, T value) {
        var old = rows.get(id);
        rows.put(id, new Row<>(old == null ? next++ : old.sequence(), value));
    }

    void remove(String id) {
        rows.remove(id);
    }

    Collection<String> ids() {
        return rows.keySet();
    }

    Stream<T> values() {
        return rows.values().stream().map(Row::value);
    }

    long sequenceOf(String id) {
        var row = rows.get(id);
        return row == null ? 0 : row.sequence();
    }
}
