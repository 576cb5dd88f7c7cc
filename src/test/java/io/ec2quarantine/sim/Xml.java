package io.ec2quarantine.sim;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes the XML of the Query protocols. */
final class Xml {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final StringBuilder out = new StringBuilder(4096);

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** A whole document. */
    static String document(String root, String namespace, Consumer<Xml> content) {
        var xml = new Xml();
        xml.out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<").append(root);
        if (!namespace.isEmpty()) {
            xml.out.append(" xmlns=\"").append(namespace).append('"');
        }
        xml.out.append('>');
        content.accept(xml);
        xml.out.append("</").append(root).append('>');
        return xml.out.toString();
    }

    Xml element(String name, Runnable content) {
        out.append('<').append(name).append('>');
        content.run();
        out.append("</").append(name).append('>');
        return this;
    }

    Xml text(String name, Object value) {
        out.append('<').append(name).append('>');
        escape(value.toString());
        out.append("</").append(name).append('>');
        return this;
    }

    Xml text(String name, Optional<?> value) {
        value.ifPresent(present -> text(name, present));
        return this;
    }

    /** A list element with one {@code item} for each of the things. */
    <T> Xml list(String name, Collection<T> things, Consumer<T> content) {
        return element(name, () -> things.forEach(thing -> element("item", () -> content.accept(thing))));
    }

    /** A list element as most services of the Query protocol have it, with one {@code member} for each of the things. */
    <T> Xml members(String name, Collection<T> things, Consumer<T> content) {
        return element(name, () -> things.forEach(thing -> element("member", () -> content.accept(thing))));
    }

    /** A text without an element of its own. */
    Xml raw(Object value) {
        escape(value.toString());
        return this;
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            switch (value.charAt(i)) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                default -> out.append(value.charAt(i));
            }
        }
    }
}
