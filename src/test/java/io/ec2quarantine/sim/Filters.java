package io.ec2quarantine.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The filters of a describe call: every filter must match, with any of its values; {@code *} and {@code ?} are wild. */
final class Filters {
    private static final int MOST_VALUES = 200;

    private record Filter(String name, List<String> values) {}

    private final List<Filter> filters;

    private Filters(List<Filter> filters) {
        this.filters = filters;
    }

    static Filters of(Params params) {
        var found = new ArrayList<Filter>();
        for (var filter : params.structures("Filter")) {
            var values = filter.list("Value");
            if (values.isEmpty()) {
                throw AwsError.invalid("MissingParameter", "The request must contain the parameter Filter.Value");
            }
            if (values.size() > MOST_VALUES) {
                throw AwsError.invalid(
                        "FilterLimitExceeded",
                        "The maximum number of filter values specified on a single call is " + MOST_VALUES);
            }
            found.add(new Filter(filter.required("Name"), values));
        }
        return new Filters(found);
    }

    /** The values of one filter when it names things exactly, so that they can be looked up instead of searched. */
    Optional<List<String>> exactly(String name) {
        return filters.stream()
                .filter(filter -> filter.name().equals(name))
                .map(Filter::values)
                .filter(values -> values.stream().noneMatch(Filters::wild))
                .findFirst();
    }

    /** A test of one resource out of what its kind can be filtered by; an unknown name is refused. */
    <T> Predicate<T> over(Map<String, Function<T, Stream<String>>> attributes, Function<T, Map<String, String>> tags) {
        Predicate<T> all = thing -> true;
        for (var filter : filters) {
            var values = valuesOf(filter.name(), attributes, tags);
            var accepted = accepts(filter.values());
            all = all.and(thing -> values.apply(thing).anyMatch(accepted));
        }
        return all;
    }

    private static <T> Function<T, Stream<String>> valuesOf(
            String name, Map<String, Function<T, Stream<String>>> attributes, Function<T, Map<String, String>> tags) {
        if (name.startsWith("tag:")) {
            var key = name.substring(4);
            return thing -> Stream.ofNullable(tags.apply(thing).get(key));
        }
        if (name.equals("tag-key")) {
            return thing -> tags.apply(thing).keySet().stream();
        }
        var attribute = attributes.get(name);
        if (attribute == null) {
            throw AwsError.badValue("The filter '" + name + "' is invalid");
        }
        return attribute;
    }

    private static Predicate<String> accepts(List<String> values) {
        Set<String> exact =
                values.stream().filter(value -> !wild(value)).collect(Collectors.toCollection(HashSet::new));
        Predicate<String> accepted = exact::contains;
        for (var value : values) {
            if (wild(value)) {
                accepted = accepted.or(pattern(value).asMatchPredicate());
            }
        }
        return accepted;
    }

    static boolean wild(String value) {
        return value.indexOf('*') >= 0 || value.indexOf('?') >= 0;
    }

    static Pattern pattern(String value) {
        var expression = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            switch (value.charAt(i)) {
                case '*' -> expression.append(".*");
                case '?' -> expression.append('.');
                default -> expression.append(Pattern.quote(value.substring(i, i + 1)));
            }
        }
        return Pattern.compile(expression.toString(), Pattern.DOTALL);
    }
}
