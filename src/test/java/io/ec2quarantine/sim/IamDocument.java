package io.ec2quarantine.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** A policy document of IAM, an identity's or a service control policy, as far as the project's own documents go. */
public final class IamDocument {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a document, or several, say of a request. */
    public enum Verdict {
        ALLOWED,
        /** A statement denies it, whatever others allow. */
        DENIED,
        /** No statement speaks of it. */
        NOT_ALLOWED
    }

    private final List<JsonNode> statements;

    private IamDocument(List<JsonNode> statements) {
        this.statements = statements;
    }

    /** Reads a document out of its file. */
    public static IamDocument of(Path file) {
        try {
            return of(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a document. */
    public static IamDocument of(String json) {
        try {
            return new IamDocument(each(JSON.readTree(json).path("Statement")));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A policy document is JSON", e);
        }
    }

    /** What the documents say together. */
    public static Verdict verdict(Collection<IamDocument> documents, IamRequest request) {
        var effects = documents.stream()
                .flatMap(document -> document.statements.stream())
                .filter(statement -> speaksOf(statement, request) && holds(statement.path("Condition"), request))
                .map(statement -> statement.path("Effect").asText())
                .toList();
        if (effects.contains("Deny")) {
            return Verdict.DENIED;
        }
        return effects.contains("Allow") ? Verdict.ALLOWED : Verdict.NOT_ALLOWED;
    }

    /** Whether a statement would allow it if its conditions held. */
    static boolean mayAllow(Collection<IamDocument> documents, IamRequest request) {
        return documents.stream()
                .flatMap(document -> document.statements.stream())
                .filter(statement -> statement.path("Effect").asText().equals("Allow"))
                .anyMatch(statement -> speaksOf(statement, request));
    }

    private static boolean speaksOf(JsonNode statement, IamRequest request) {
        return names(statement, "Action", request.action(), true)
                && (!(statement.has("Resource") || statement.has("NotResource"))
                        || names(statement, "Resource", request.resource(), false));
    }

    private static boolean names(JsonNode statement, String key, String value, boolean ignoringCase) {
        var negated = statement.has("Not" + key);
        var named = texts(statement.path(negated ? "Not" + key : key)).stream()
                .anyMatch(pattern -> isLike(pattern, value, ignoringCase));
        return named != negated;
    }

    private static boolean holds(JsonNode condition, IamRequest request) {
        return condition.properties().stream()
                .allMatch(operator -> operator.getValue().properties().stream()
                        .allMatch(key -> holds(operator.getKey(), key.getKey(), texts(key.getValue()), request)));
    }

    private static boolean holds(String operator, String key, List<String> wanted, IamRequest request) {
        var quantifier = operator.contains(":") ? operator.substring(0, operator.indexOf(':')) : "";
        var plain = operator.substring(operator.indexOf(':') + 1);
        var given = request.values(key);
        if (plain.equals("Null")) {
            return wanted.contains(Boolean.toString(given.isEmpty()));
        }
        var ifExists = plain.endsWith("IfExists");
        var word = ifExists ? plain.substring(0, plain.length() - "IfExists".length()) : plain;
        if (given.isEmpty()) {
            return ifExists || quantifier.equals("ForAllValues") || (quantifier.isEmpty() && isNegated(word));
        }
        var values = wanted.stream().map(request::filledIn).toList();
        return switch (quantifier) {
            case "ForAllValues" -> given.get().stream().allMatch(value -> compares(word, values, value));
            case "ForAnyValue" -> given.get().stream().anyMatch(value -> compares(word, values, value));
            default -> given.get().stream().allMatch(value -> compares(word, values, value));
        };
    }

    private static boolean isNegated(String word) {
        return word.contains("Not");
    }

    private static boolean compares(String word, List<String> wanted, String given) {
        return switch (word) {
            case "StringEquals" -> wanted.contains(given);
            case "StringNotEquals" -> !wanted.contains(given);
            case "StringEqualsIgnoreCase" -> wanted.stream().anyMatch(given::equalsIgnoreCase);
            case "StringNotEqualsIgnoreCase" -> wanted.stream().noneMatch(given::equalsIgnoreCase);
            case "StringLike", "ArnLike", "ArnEquals" -> wanted.stream().anyMatch(each -> isLike(each, given, false));
            case "StringNotLike", "ArnNotLike", "ArnNotEquals" ->
                wanted.stream().noneMatch(each -> isLike(each, given, false));
            case "Bool" -> wanted.stream().anyMatch(given::equalsIgnoreCase);
            default -> throw new IllegalArgumentException("The small IAM has no operator " + word);
        };
    }

    private static boolean isLike(String pattern, String value, boolean ignoringCase) {
        var regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(
                    switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL | (ignoringCase ? Pattern.CASE_INSENSITIVE : 0))
                .matcher(value)
                .matches();
    }

    private static List<String> texts(JsonNode node) {
        return each(node).stream().map(JsonNode::asText).toList();
    }

    private static List<JsonNode> each(JsonNode node) {
        if (node.isMissingNode()) {
            return List.of();
        }
        var all = new ArrayList<JsonNode>();
        if (node.isArray()) {
            node.forEach(all::add);
        } else {
            all.add(node);
        }
        return all;
    }

    /** What one document says of a request. */
    public Verdict verdict(IamRequest request) {
        return verdict(List.of(this), request);
    }
}
