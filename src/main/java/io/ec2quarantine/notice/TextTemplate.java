package io.ec2quarantine.notice;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.ec2quarantine.core.PlainLine;
import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Mustache template of a person who writes policies. Its values are maps, lists and texts, never objects with methods;
 * what a value says is data and no template. It ends after a bounded number of steps and letters, and a name that is no
 * field is an error.
 */
final class TextTemplate {
    private static final int MOST_STEPS = 2_000;
    private static final int LONGEST_REASON = 200;

    private final String text;

    TextTemplate(String text) {
        this.text = text;
    }

    /** What is wrong with it, in plain words without a full stop: it is read and tried, with everything present and absent. */
    Optional<String> problem() {
        try {
            Template template = compiled();
            Set<String> unknown = unknownNames(template);
            if (!unknown.isEmpty()) {
                return Optional.of("{{" + PlainLine.of(unknown.iterator().next(), LONGEST_REASON) + "}} is no field");
            }
        } catch (MustacheException wrong) {
            return Optional.of(reason(wrong));
        }
        return render(NoticeTree.forTemplates(Samples.full()), Integer.MAX_VALUE)
                .problem()
                .or(() -> render(NoticeTree.forTemplates(Samples.bare()), Integer.MAX_VALUE)
                        .problem());
    }

    /** What it makes of a notice, at most so many letters; empty where it is wrong. */
    Optional<String> of(Notice notice, int longest) {
        Rendering rendering = render(NoticeTree.forTemplates(notice), longest);
        return rendering.problem().isPresent() ? Optional.empty() : Optional.of(rendering.text());
    }

    private record Rendering(String text, Optional<String> problem) {}

    private Rendering render(Map<String, Object> values, int longest) {
        Bounded bounded = new Bounded(longest);
        try {
            compiled().execute(values, bounded);
        } catch (MustacheException wrong) {
            if (!bounded.full) {
                return new Rendering("", Optional.of(reason(wrong)));
            }
        }
        return new Rendering(bounded.written.toString(), Optional.empty());
    }

    private Template compiled() {
        Template template = compiler().compile(text);
        if (!changesItsMarks() && leavesATagOpen(template)) {
            throw new MustacheException("a {{ has no }} that ends its tag");
        }
        return template;
    }

    /** One for each rendering, for it counts the steps. */
    private static Mustache.Compiler compiler() {
        return Mustache.compiler()
                .escapeHTML(false)
                .strictSections(true)
                .emptyStringIsFalse(true)
                .withLoader(name -> {
                    throw new MustacheException("{{>" + name + "}} is not allowed: there are no other templates");
                })
                .withFormatter(TextTemplate::shown)
                .withCollector(new CountingCollector());
    }

    private static String shown(Object value) {
        return switch (value) {
            case List<?> list ->
                list.stream()
                        .filter(each -> !(each instanceof Map))
                        .map(Object::toString)
                        .collect(Collectors.joining(", "));
            case Map<?, ?> _ -> "";
            default -> value.toString();
        };
    }

    private static String reason(MustacheException wrong) {
        String said = wrong instanceof MustacheException.Context context
                ? "line " + context.lineNo + ": {{" + context.key + "}} is no field here"
                : String.valueOf(wrong.getMessage());
        return PlainLine.of(said, LONGEST_REASON);
    }

    /** With other marks, two braces are two braces. */
    private boolean changesItsMarks() {
        return text.contains("{{=");
    }

    /** What begins a tag and does not end it is taken for text, and would be sent as such. */
    private static boolean leavesATagOpen(Template template) {
        AtomicBoolean open = new AtomicBoolean();
        template.visit(new Mustache.Visitor() {
            @Override
            public void visitText(String said) {
                if (said.contains("{{")) {
                    open.set(true);
                }
            }

            @Override
            public void visitVariable(String name) {
                // It is closed.
            }

            @Override
            public boolean visitInclude(String name) {
                return false;
            }

            @Override
            public boolean visitSection(String name) {
                return true;
            }

            @Override
            public boolean visitInvertedSection(String name) {
                return true;
            }
        });
        return open.get();
    }

    private static Set<String> unknownNames(Template template) {
        Set<String> known = new HashSet<>(Set.of(".", "this", "-first", "-last", "-index"));
        collect("", NoticeTree.forTemplates(Samples.full()), known);
        Set<String> unknown = new TreeSet<>();
        template.visit(new Names(known, unknown));
        return unknown;
    }

    /** Names from the top, and those that hold inside a list or a section. */
    private static void collect(String prefix, Object value, Set<String> names) {
        switch (value) {
            case Map<?, ?> map ->
                map.forEach((key, below) -> {
                    names.add(prefix + key);
                    names.add(key.toString());
                    collect(prefix + key + ".", below, names);
                    collect("", below, names);
                });
            case List<?> list -> list.stream().limit(1).forEach(each -> collect("", each, names));
            default -> {
                // A text has no names below it.
            }
        }
    }

    private record Names(Set<String> known, Set<String> unknown) implements Mustache.Visitor {
        @Override
        public void visitText(String said) {
            // Says what it says.
        }

        @Override
        public void visitVariable(String name) {
            note(name);
        }

        @Override
        public boolean visitInclude(String name) {
            unknown.add(">" + name);
            return false;
        }

        @Override
        public boolean visitSection(String name) {
            note(name);
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            note(name);
            return true;
        }

        private void note(String name) {
            if (!known.contains(name)) {
                unknown.add(name);
            }
        }
    }

    /** Knows maps and lists, and looks into no other object; lists within lists come to an end. */
    private static final class CountingCollector extends BasicCollector {
        private int steps;

        @Override
        public @Nullable Iterator<?> toIterator(Object value) {
            Iterator<?> all = super.toIterator(value);
            return all == null ? null : new Counted(all);
        }

        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new HashMap<>();
        }

        private final class Counted implements Iterator<Object> {
            private final Iterator<?> all;

            Counted(Iterator<?> all) {
                this.all = all;
            }

            @Override
            public boolean hasNext() {
                return all.hasNext();
            }

            @Override
            public Object next() {
                if (++steps > MOST_STEPS) {
                    throw new MustacheException("it takes more than " + MOST_STEPS + " steps");
                }
                return all.next();
            }
        }
    }

    /** Takes no more than so many letters. */
    private static final class Bounded extends Writer {
        private final StringBuilder written = new StringBuilder();
        private final int longest;
        private boolean full;

        Bounded(int longest) {
            this.longest = longest;
        }

        @Override
        public void write(char[] letters, int offset, int length) throws IOException {
            written.append(letters, offset, Math.min(length, longest - written.length()));
            if (written.length() == longest) {
                full = true;
                throw new IOException("full");
            }
        }

        @Override
        public void flush() {
            // Nothing waits.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
