package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plays the workshop's scene "Compromised EC2 Instance", or a storm of findings in an organisation, and tells it. Every line that says what happened comes from a watch
 * on the API server, from the simulator's call log or from a read of the simulated world; the exit code is 0 only when the
 * end that the scene must have was read there.
 */
public final class Demo {
    private static final DateTimeFormatter RUN = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    /** What follows a scene that went well, while everything still runs. */
    @FunctionalInterface
    interface Encore {
        /** The end, with a word on how to see more. */
        Encore NONE = (set, running, screen) -> screen.paragraph(
                "",
                0,
                Style.DIM,
                "HOLD=1 CLUSTER=envtest make demo" + set.scenery().chosenBy()
                        + " keeps everything running, to explore with kubectl and aws.");

        void play(StageSet set, Operator.Running running, Screen screen);
    }

    private final Settings settings;
    private final Operator operator;
    private final Encore encore;
    private final Screen screen;
    private final Stage stage;
    private final AtomicBoolean held = new AtomicBoolean();

    Demo(Settings settings, Operator operator, PrintStream out, Encore encore) {
        this.settings = settings;
        this.operator = operator;
        this.encore = encore;
        this.screen = new Screen(out, settings.colour());
        this.stage = new Stage(settings.files());
    }

    /** Plays the scene with the settings of the environment. */
    public static void main(String[] arguments) {
        System.exit(run(new PrintStream(System.out, true, StandardCharsets.UTF_8)));
    }

    private static int run(PrintStream out) {
        String name = LocalDateTime.now(ZoneId.systemDefault()).format(RUN) + "-"
                + ProcessHandle.current().pid();
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        try {
            Settings settings = Settings.from(System.getenv(), terminal, Path.of("target", "demo", name));
            Demo demo = new Demo(settings, Operator.SHIPPED, out, settings.hold() ? new Hold(tools()) : Encore.NONE);
            Runtime.getRuntime().addShutdownHook(new Thread(demo::leave, "stop-demo"));
            return demo.run();
        } catch (IllegalArgumentException wrong) {
            out.println(wrong.getMessage());
            return 2;
        }
    }

    private static Optional<Path> tools() {
        return Optional.ofNullable(System.getenv("PYTHON_TOOLS"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of);
    }

    /** Plays the scene; 0 only when the expected end was read. */
    int run() {
        try {
            return play().map(this::failed).orElse(0);
        } catch (RuntimeException failure) {
            return failed(
                    failure instanceof SceneFailure
                            ? String.valueOf(failure.getMessage())
                            : "The scene could not be played: " + failure);
        }
    }

    /** Why it ended otherwise than it must; told once nobody tells anything more. */
    private Optional<String> play() {
        try (stage) {
            screen.line(screen.paint(Style.BOLD, settings.chapter().title()));
            StageSet set = stage.build(settings, screen);
            Operator.Running running = stage.start(operator, set, screen);
            try {
                perform(set, running);
                stage.keepFiles(false);
                held.set(settings.hold());
                encore.play(set, running, screen);
                return Optional.empty();
            } catch (SceneFailure failure) {
                held.set(false);
                stage.keepFiles(true);
                return Optional.of(failure.getMessage() + " " + running.whereToLook());
            }
        }
    }

    private void perform(StageSet set, Operator.Running running) {
        switch (set.scenery()) {
            case Ec2View ec2 -> new Scene(set, ec2, stage, screen, settings.patience()).play(running, !settings.hold());
            case OrganisationView view ->
                new Organisation(set, view, stage, screen, settings.patience(), running).play();
        }
    }

    /** Ends everything at once, and says nothing more. */
    private void leave() {
        boolean byAPerson = held.get();
        screen.mute();
        stage.close();
        if (byAPerson) {
            // Only so can the exit code of a program that was told to end be chosen: ending a hold is no failure.
            Runtime.getRuntime().halt(0);
        }
    }

    private int failed(String sentence) {
        screen.line("");
        screen.paragraph("", 0, Style.RED, sentence);
        return 1;
    }
}
