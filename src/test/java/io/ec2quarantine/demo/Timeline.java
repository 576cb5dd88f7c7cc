package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** What was seen, in the order in which it was seen, with the time of day and the time since the finding. */
final class Timeline {
    private static final DateTimeFormatter TIME_OF_DAY = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int INDENT = 32;
    /** Reads that nothing followed for so long were a sweep's, and found all as it should be. */
    private static final Duration ONE_LOOK = Duration.ofSeconds(2);

    /** Who did it. */
    enum Actor {
        GUARDDUTY("GuardDuty", Style.MAGENTA),
        OPERATOR("operator", Style.CYAN),
        EC2("EC2", Style.YELLOW),
        KUBERNETES("Kubernetes", Style.BLUE),
        PERSON("person", Style.MAGENTA),
        VISITOR("visitor", Style.RED);

        private final String text;
        private final Style style;

        Actor(String text, Style style) {
            this.text = text;
            this.style = style;
        }
    }

    private final Screen screen;
    private final InstantSource clock;
    private final ZoneId zone;
    private final List<String> reads = new ArrayList<>();
    private Instant firstRead = Instant.EPOCH;
    private String readVerb = "";
    private Optional<Instant> finding = Optional.empty();

    Timeline(Screen screen, InstantSource clock, ZoneId zone) {
        this.screen = screen;
        this.clock = clock;
        this.zone = zone;
    }

    /** Times are counted from here on. */
    synchronized void foundAt(Instant time) {
        finding = Optional.of(time);
    }

    /** Runs this while nobody else tells anything: what follows from it must not be told before it. */
    synchronized <T> T tellFirst(Supplier<T> telling) {
        return telling.get();
    }

    /** Tells something that was seen just now. */
    void tell(Actor actor, Style style, String text) {
        tell(clock.instant(), actor, style, text);
    }

    /** Tells something that says itself when it was. */
    synchronized void tell(Instant time, Actor actor, Style style, String text) {
        tellReads();
        print(time, actor, style, text);
    }

    /** Tells of a call that only reads; those in a row are told together. */
    synchronized void read(String verb, String thing) {
        Instant now = clock.instant();
        if (reads.isEmpty() || firstRead.plus(ONE_LOOK).isBefore(now)) {
            reads.clear();
            firstRead = now;
            readVerb = verb;
        }
        if (!reads.contains(thing)) {
            reads.add(thing);
        }
    }

    /** Tells what is still held back. */
    synchronized void tellReads() {
        if (!reads.isEmpty()) {
            print(firstRead, Actor.OPERATOR, Style.PLAIN, readVerb + " " + String.join(", ", reads));
            reads.clear();
        }
    }

    /** What is still held back was a sweep's, and led to nothing. */
    synchronized void forgetReads() {
        reads.clear();
    }

    private void print(Instant time, Actor actor, Style style, String text) {
        String sinceFinding = finding.map(start -> "T+" + brief(Duration.between(start, time)))
                .orElse("");
        String start = screen.paint(Style.DIM, TIME_OF_DAY.format(time.atZone(zone)))
                + "  %-8s".formatted(sinceFinding) + "  "
                + screen.paint(actor.style, "%-10s".formatted(actor.text)) + "  ";
        screen.paragraph(start, INDENT, style, text);
    }

    /** As exact as eight columns allow, for an afternoon too. */
    private static String brief(Duration span) {
        long seconds = span.toSeconds();
        return seconds(span, seconds < 10 ? 2 : seconds < 100 ? 1 : 0);
    }

    /** A time span as the demo shows it. */
    static String seconds(Duration span) {
        return seconds(span, 2);
    }

    private static String seconds(Duration span, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f s", span.toMillis() / 1000.0);
    }
}
