package io.ec2quarantine.aws;

import io.ec2quarantine.core.isolation.RuleSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the description of a group says of what an operator made it for. EC2 lets nobody change it afterwards, unlike a tag:
 * it tells a group that an operator made from any other.
 */
final class GroupDescription {
    private static final String WITHOUT_RULES = "Isolates quarantined instances: it has no rules and must stay so.";
    private static final String OPENING =
            "Opens quarantined instances for a moment to end the tracking of their connections: nothing stays in it.";
    private static final String WITH_RULES = "Isolates quarantined instances: it has the rules of access ";
    private static final Pattern RULES = Pattern.compile(Pattern.quote(WITH_RULES) + "([0-9a-f]{10}), no others\\.");

    private GroupDescription() {}

    static String of(RuleSet rules) {
        if (rules.equals(RuleSet.NONE)) {
            return WITHOUT_RULES;
        }
        return rules.equals(RuleSet.OPEN) ? OPENING : WITH_RULES + rules.id() + ", no others.";
    }

    /** The rules that the group was made with; empty where no operator made it. */
    static Optional<RuleSet> madeWith(@Nullable String description) {
        if (WITHOUT_RULES.equals(description)) {
            return Optional.of(RuleSet.NONE);
        }
        if (OPENING.equals(description)) {
            return Optional.of(RuleSet.OPEN);
        }
        Matcher rules = RULES.matcher(description == null ? "" : description);
        return rules.matches() ? Optional.of(new RuleSet(rules.group(1))) : Optional.empty();
    }
}
