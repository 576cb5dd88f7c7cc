package io.ec2quarantine.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The flat parameters of a call: {@code Filter.1.Name} and the like, as the Query protocol sends them. */
public record Params(NavigableMap<String, String> values) {
    /** Keeps an unmodifiable view. */
    public Params {
        values = Collections.unmodifiableNavigableMap(values);
    }

    /** The value of a parameter, if the call has it. */
    public Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value of a parameter that AWS insists on. */
    public String required(String name) {
        return optional(name)
                .filter(value -> !value.isEmpty())
                .orElseThrow(
                        () -> AwsError.invalid("MissingParameter", "The request must contain the parameter " + name));
    }

    /** Whether a boolean parameter is there and true. */
    public boolean flag(String name) {
        return "true".equals(values.get(name));
    }

    Optional<Boolean> bool(String name) {
        return optional(name).map("true"::equals);
    }

    Optional<Integer> integer(String name) {
        return optional(name).map(text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw AwsError.badValue("Invalid value '" + text + "' for " + name + ". Must be an integer.");
            }
        });
    }

    /** The values {@code name.1}, {@code name.2} and so on. */
    public List<String> list(String name) {
        var found = new ArrayList<String>();
        for (var value = values.get(name + ".1"); value != null; value = values.get(name + "." + (found.size() + 1))) {
            found.add(value);
        }
        return List.copyOf(found);
    }

    /** The parameters below {@code name.1.}, {@code name.2.} and so on, each with the prefix taken off. */
    List<Params> structures(String name) {
        var found = new ArrayList<Params>();
        while (has(name + "." + (found.size() + 1))) {
            found.add(structure(name + "." + (found.size() + 1)));
        }
        return List.copyOf(found);
    }

    /** Whether anything is said below {@code name.} */
    boolean has(String name) {
        var first = values.ceilingKey(name + ".");
        return first != null && first.startsWith(name + ".");
    }

    Params structure(String name) {
        var below = new TreeMap<String, String>();
        var prefix = name + ".";
        for (var entry : values.tailMap(prefix, true).entrySet()) {
            if (!entry.getKey().startsWith(prefix)) {
                break;
            }
            below.put(entry.getKey().substring(prefix.length()), entry.getValue());
        }
        return new Params(below);
    }
}
