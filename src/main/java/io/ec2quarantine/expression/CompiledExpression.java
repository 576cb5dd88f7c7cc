package io.ec2quarantine.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.Program;
import io.ec2quarantine.core.PlainLine;
import io.ec2quarantine.core.field.Fields;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.policy.MatchExpression;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An expression that was type-checked; whatever goes wrong when it is evaluated is an answer, too. */
final class CompiledExpression implements MatchExpression {
    static final String FINDING = "finding";
    static final String INSTANCE = "instance";

    private static final int LONGEST_KEY = 100;
    private static final Pattern MESSAGE =
            Pattern.compile("evaluation error(?: at [^:]*:(?<offset>\\d+))?: (?<detail>.*)", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("key '(?<key>.*)' is not present in map\\.", Pattern.DOTALL);
    private static final Logger LOG = LoggerFactory.getLogger(CompiledExpression.class);

    private final CelAbstractSyntaxTree tree;
    private final Program program;
    private final boolean needsTags;

    CompiledExpression(CelAbstractSyntaxTree tree, Program program) {
        this.tree = tree;
        this.program = program;
        this.needsTags = CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .filter(node -> node.getKind() == Kind.IDENT && isInstance(tree, node))
                .anyMatch(CompiledExpression::mayReadTags);
    }

    @Override
    public boolean needsTags() {
        return needsTags;
    }

    @Override
    public Outcome evaluate(Finding finding, InstanceRef instance, Map<String, String> tags) {
        Map<String, Object> variables = Map.of(
                FINDING, Fields.values(Fields.FINDING, finding),
                INSTANCE, Fields.values(Fields.INSTANCE, new Fields.Subject(instance, tags)));
        try {
            return switch (program.eval(variables)) {
                case Boolean matched -> matched ? new Outcome.Matched() : new Outcome.NotMatched();
                default -> new Outcome.Failed("its value is neither true nor false");
            };
        } catch (CelEvaluationException failure) {
            return new Outcome.Failed(reason(failure));
        } catch (RuntimeException unforeseen) {
            // A finding must not be lost, nor others be held up, by a fault of the language's implementation.
            LOG.atError().setCause(unforeseen).log("an expression failed in a way that was not foreseen");
            return new Outcome.Failed("it failed in a way that was not foreseen ("
                    + unforeseen.getClass().getSimpleName() + ")");
        }
    }

    private static boolean isInstance(CelAbstractSyntaxTree tree, CelNavigableExpr node) {
        return tree.getReference(node.id())
                .map(CelReference::name)
                .filter(INSTANCE::equals)
                .isPresent();
    }

    /** Whoever speaks of the instance without naming a field of it may mean all of them. */
    private static boolean mayReadTags(CelNavigableExpr instance) {
        Optional<CelNavigableExpr> parent = instance.parent();
        return parent.filter(node -> node.getKind() == Kind.SELECT
                        && !node.expr().select().field().equals(Fields.TAGS))
                .isEmpty();
    }

    /** In words of our own: what the language says may quote what a stranger wrote. */
    private String reason(CelEvaluationException failure) {
        Matcher message = MESSAGE.matcher(String.valueOf(failure.getMessage()));
        boolean read = message.matches();
        String where = read
                ? Positions.at(Optional.ofNullable(message.group("offset"))
                        .flatMap(offset -> tree.getSource().getOffsetLocation(Integer.parseInt(offset))))
                : "";
        return where + words(failure.getErrorCode(), read ? message.group("detail") : "");
    }

    private static String words(CelErrorCode code, String detail) {
        return switch (code) {
            case ATTRIBUTE_NOT_FOUND -> "\"" + key(detail) + "\" is absent here";
            case INDEX_OUT_OF_BOUNDS -> "a list is shorter than the index asks for";
            case DIVIDE_BY_ZERO -> "a number is divided by zero";
            case NUMERIC_OVERFLOW -> "a number is too large";
            case ITERATION_BUDGET_EXCEEDED -> "it takes too many steps";
            case BAD_FORMAT -> "a text is not of the form that it is converted from";
            case INVALID_ARGUMENT ->
                "a function is given what it cannot take, such as a wrong or too large regular expression";
            case INTERNAL_ERROR, DUPLICATE_ATTRIBUTE, OVERLOAD_NOT_FOUND, AMBIGUOUS_OVERLOAD, TYPE_NOT_FOUND ->
                "it cannot be evaluated (" + code + ")";
        };
    }

    private static String key(String detail) {
        Matcher key = KEY.matcher(detail);
        return PlainLine.of(key.matches() ? key.group("key") : detail, LONGEST_KEY);
    }
}
