package io.ec2quarantine.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Where the demo is told: lines of at most {@link #WIDTH} columns, in colour or plain. */
final class Screen {
    static final int WIDTH = 100;

    /** How a stretch of text looks in colour. */
    enum Style {
        PLAIN(""),
        BOLD("1"),
        DIM("2"),
        RED("1;31"),
        GREEN("32"),
        YELLOW("33"),
        BLUE("34"),
        MAGENTA("35"),
        CYAN("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean colour;
    private boolean muted;

    Screen(PrintStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    /** The text in this style. */
    String paint(Style style, String text) {
        return colour && !style.code.isEmpty() ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** One line as it is. */
    synchronized void line(String text) {
        if (!muted) {
            out.println(text);
            out.flush();
        }
    }

    /** A line that begins something new. */
    void heading(String text, String remark) {
        line("");
        line(paint(Style.BOLD, text) + (remark.isEmpty() ? "" : paint(Style.DIM, "  " + remark)));
    }

    /**
     * Text that goes on below itself where it is too long.
     *
     * @param painted what the first line begins with, as wide as the indent
     */
    void paragraph(String painted, int indent, Style style, String text) {
        String start = painted;
        for (String part : wrap(text, WIDTH - indent)) {
            line(start + paint(style, part));
            start = " ".repeat(indent);
        }
    }

    /** How it ended. */
    void summary(List<String> sentences) {
        line("");
        paragraph("", 0, Style.GREEN, String.join("; ", sentences) + ".");
    }

    /** Nothing is shown from now on: the program is on its way out. */
    synchronized void mute() {
        muted = true;
    }

    private static List<String> wrap(String text, int width) {
        return text.lines().flatMap(line -> wrapLine(line, width).stream()).toList();
    }

    private static List<String> wrapLine(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
