package io.ec2quarantine.core.isolation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rules that a group was made with, in a word that tells them from any others: it stands in the group's description,
 * which nobody can change.
 *
 * @param id empty for no rules at all
 */
public record RuleSet(String id) {
    /** Of a group that isolates and lets nothing through. */
    public static final RuleSet NONE = new RuleSet("");

    /** Of a group that opens an interface for a moment: it never isolates. */
    public static final RuleSet OPEN = new RuleSet("open");

    /** The rules of a group that opens: connections are not tracked while everything is allowed both ways. */
    public static final Set<GroupRule> EVERYTHING = Set.of(
            GroupRule.everything(false, "0.0.0.0/0"),
            GroupRule.everything(false, "::/0"),
            GroupRule.everything(true, "0.0.0.0/0"),
            GroupRule.everything(true, "::/0"));

    private static final int LENGTH = 10;

    /** The set of these rules, the same whatever their order. */
    public static RuleSet of(Set<GroupRule> rules) {
        return rules.isEmpty() ? NONE : new RuleSet(digest(rules).substring(0, LENGTH));
    }

    /** Never to be changed: the groups that were made before would be found no more. */
    private static String line(GroupRule rule) {
        return String.join(
                "|",
                rule.egress() ? "egress" : "ingress",
                rule.protocol(),
                Integer.toString(rule.fromPort()),
                Integer.toString(rule.toPort()),
                rule.peer());
    }

    private static String digest(Set<GroupRule> rules) {
        String text = rules.stream().sorted().map(RuleSet::line).collect(Collectors.joining("\n"));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
