package io.ec2quarantine.sim;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One action on one resource, as IAM judges it. A call that touches several resources is allowed when every one of them is.
 *
 * @param action such as {@code ec2:CreateTags}
 * @param resource an ARN, with a star for the id of what is yet to be made; {@code *} where the action knows no resources
 * @param context the condition keys that there are, with their values
 */
public record IamRequest(String action, String resource, Map<String, List<String>> context) {
    /** The keys of conditions know no case. */
    public IamRequest {
        var keys = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        keys.putAll(context);
        context = keys;
    }

    Optional<List<String>> values(String key) {
        return Optional.ofNullable(context.get(key));
    }

    /** The text with the variables of IAM's policies, such as {@code ${aws:PrincipalOrgID}}, filled in. */
    String filledIn(String text) {
        var filled = text;
        for (var entry : context.entrySet()) {
            var variable = "${" + entry.getKey() + "}";
            int at = filled.toLowerCase(Locale.ROOT).indexOf(variable.toLowerCase(Locale.ROOT));
            if (at >= 0 && entry.getValue().size() == 1) {
                filled = filled.substring(0, at)
                        + entry.getValue().getFirst()
                        + filled.substring(at + variable.length());
            }
        }
        return filled;
    }
}
