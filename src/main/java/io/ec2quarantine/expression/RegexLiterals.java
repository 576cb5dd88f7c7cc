package io.ec2quarantine.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.bundle.Cel;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.validator.CelAstValidator;
import java.util.Optional;

/** Reads the regular expressions that stand in an expression with the engine that will run them; CEL's own check takes Java's. */
final class RegexLiterals implements CelAstValidator {
    private static final String MATCHES = "matches";

    private final int largest;

    RegexLiterals(int largest) {
        this.largest = largest;
    }

    @Override
    public void validate(CelNavigableAst tree, Cel cel, IssuesFactory issues) {
        tree.getRoot()
                .allNodes()
                .filter(node -> node.getKind() == Kind.CALL)
                .map(node -> node.expr().call())
                .filter(call -> call.function().equals(MATCHES) && !call.args().isEmpty())
                .map(call -> call.args().getLast())
                .filter(argument -> argument.getKind() == Kind.CONSTANT
                        && argument.constant().getKind() == CelConstant.Kind.STRING_VALUE)
                .forEach(argument -> fault(argument).ifPresent(fault -> issues.addError(argument.id(), fault)));
    }

    private Optional<String> fault(CelExpr literal) {
        try {
            return Pattern.compile(literal.constant().stringValue()).programSize() > largest
                    ? Optional.of("the regular expression is too large")
                    : Optional.empty();
        } catch (PatternSyntaxException wrong) {
            return Optional.of("the regular expression is wrong: " + wrong.getDescription());
        }
    }
}
