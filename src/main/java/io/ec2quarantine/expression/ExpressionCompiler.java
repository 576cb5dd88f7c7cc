package io.ec2quarantine.expression;

import dev.cel.checker.CelStandardDeclarations;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructTypeReference;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.validator.CelValidator;
import dev.cel.validator.CelValidatorFactory;
import dev.cel.validator.validators.DurationLiteralValidator;
import dev.cel.validator.validators.TimestampLiteralValidator;
import io.ec2quarantine.core.PlainLine;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compiles expressions that say of a finding on an instance whether it matches: type-checked against the list of fields,
 * and bounded in their text, their depth, their regular expressions and the steps of their evaluation.
 */
public final class ExpressionCompiler {
    /** As long as the schema allows. */
    private static final int LONGEST_TEXT = 2_048;

    private static final int DEEPEST = 32;
    private static final int MOST_NODES = 1_000;
    private static final int MOST_ITERATIONS = 5_000;
    private static final int LARGEST_REGEX = 1_000;
    private static final int MOST_ISSUES = 3;
    private static final int LONGEST_ISSUE = 200;

    /** What makes text out of text could double it again and again; and what has no type cannot be checked. */
    private static final Set<String> LEFT_OUT = Set.of("add_string", "add_bytes", "to_dyn");

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(LONGEST_TEXT)
            .maxParseRecursionDepth(DEEPEST)
            .maxParseExpressionNodeCount(MOST_NODES)
            .comprehensionMaxIterations(MOST_ITERATIONS)
            .maxRegexProgramSize(LARGEST_REGEX)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    private final CelCompiler compiler = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setStandardEnvironmentEnabled(false)
            .setStandardDeclarations(CelStandardDeclarations.newBuilder()
                    .filterFunctions((_, overload) ->
                            !LEFT_OUT.contains(overload.celOverloadDecl().overloadId()))
                    .build())
            .setTypeProvider(new FieldTypes())
            .addVar(CompiledExpression.FINDING, StructTypeReference.create(FieldTypes.FINDING))
            .addVar(CompiledExpression.INSTANCE, StructTypeReference.create(FieldTypes.INSTANCE))
            .setResultType(SimpleType.BOOL)
            .build();
    private final CelRuntime runtime =
            CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();
    private final CelValidator literals = CelValidatorFactory.standardCelValidatorBuilder(compiler, runtime)
            .addAstValidators(
                    new RegexLiterals(LARGEST_REGEX),
                    TimestampLiteralValidator.INSTANCE,
                    DurationLiteralValidator.INSTANCE,
                    new PlainValues())
            .build();

    /** Compiles an expression, or says what is wrong with it. */
    public Compilation compile(String text) {
        try {
            CelValidationResult checked =
                    literals.validate(compiler.compile(text).getAst());
            return checked.hasError() ? unusable(checked.getErrors()) : usable(checked.getAst());
        } catch (CelValidationException wrong) {
            return unusable(wrong.getErrors());
        } catch (CelEvaluationException unforeseen) {
            return new Compilation.Unusable("it cannot be planned (" + unforeseen.getErrorCode() + ")");
        }
    }

    private Compilation usable(CelAbstractSyntaxTree tree) throws CelEvaluationException {
        return new Compilation.Usable(new CompiledExpression(tree, runtime.createProgram(tree)));
    }

    private static Compilation unusable(List<CelIssue> issues) {
        return new Compilation.Unusable(issues.stream()
                .limit(MOST_ISSUES)
                .map(ExpressionCompiler::sentence)
                .collect(Collectors.joining("; ")));
    }

    private static String sentence(CelIssue issue) {
        return Positions.at(Optional.of(issue.getSourceLocation()).filter(ExpressionCompiler::isKnown))
                + PlainLine.of(PlainIssues.of(issue.getMessage()), LONGEST_ISSUE);
    }

    private static boolean isKnown(CelSourceLocation location) {
        return location.getLine() > 0 && location.getColumn() >= 0;
    }
}
