package io.ec2quarantine.expression;

import dev.cel.bundle.Cel;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.validator.CelAstValidator;
import java.util.stream.Stream;

/**
 * Lets lists and maps hold plain values of one type only. A list of lists could be doubled again and again by a few
 * characters each time, and comparing two of them would then take for ever, however few steps are counted.
 */
final class PlainValues implements CelAstValidator {
    @Override
    public void validate(CelNavigableAst tree, Cel cel, IssuesFactory issues) {
        tree.getRoot().allNodes().forEach(node -> {
            if (node.getKind() == Kind.STRUCT) {
                issues.addError(node.id(), "an object cannot be made in an expression");
            } else if (held(tree.getAst(), node).anyMatch(type -> isNested(type) || isMixed(type, node.expr()))) {
                issues.addError(node.id(), "a list or map must hold plain values of one type");
            }
        });
    }

    private static Stream<CelType> held(CelAbstractSyntaxTree tree, CelNavigableExpr node) {
        return tree.getType(node.id()).stream().flatMap(type -> switch (type) {
            case ListType list -> Stream.of(list.elemType());
            case MapType map -> Stream.of(map.keyType(), map.valueType());
            default -> Stream.empty();
        });
    }

    private static boolean isNested(CelType held) {
        return held.kind() == CelKind.LIST || held.kind() == CelKind.MAP;
    }

    /** What an empty literal holds has no type either, and no harm in it. */
    private static boolean isMixed(CelType held, CelExpr literal) {
        return held.kind() == CelKind.DYN
                && switch (literal.getKind()) {
                    case LIST -> !literal.list().elements().isEmpty();
                    case MAP -> !literal.map().entries().isEmpty();
                    default -> false;
                };
    }
}
