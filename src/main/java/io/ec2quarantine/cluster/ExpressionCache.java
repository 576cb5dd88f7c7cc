package io.ec2quarantine.cluster;

import io.ec2quarantine.expression.Compilation;
import io.ec2quarantine.expression.ExpressionCompiler;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The expression of each policy, compiled once for each of its generations: policies are read with every poll. */
final class ExpressionCache {
    /** More policies than anybody has; beyond it, those that were not read for the longest are compiled anew. */
    private static final int MOST = 1_000;

    private final Map<String, Known> byPolicy = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MOST;
        }
    };

    /** Made when it is first needed: who writes no expression does not pay for the language. */
    private Optional<ExpressionCompiler> compiler = Optional.empty();

    private record Known(@Nullable Long generation, String text, Compilation compilation) {}

    synchronized Compilation of(ObjectMeta policy, String text) {
        String key = Objects.requireNonNullElse(policy.getUid(), policy.getName());
        Known known = byPolicy.get(key);
        if (known != null
                && Objects.equals(known.generation(), policy.getGeneration())
                && known.text().equals(text)) {
            return known.compilation();
        }
        if (compiler.isEmpty()) {
            compiler = Optional.of(new ExpressionCompiler());
        }
        Compilation compilation = compiler.get().compile(text);
        byPolicy.put(key, new Known(policy.getGeneration(), text, compilation));
        return compilation;
    }
}
