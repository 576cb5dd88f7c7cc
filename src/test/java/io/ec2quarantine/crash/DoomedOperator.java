package io.ec2quarantine.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.crash.KillPoint.Side;
import io.ec2quarantine.runtime.OperatorProcess;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The operator's own {@code Main}, except that it does on its standard input's word what no operator does: it waits to be
 * started, keeps a journal of the writes to one scene, and halts at one of them.
 */
final class DoomedOperator {
    /** How a process ends that died where it should. */
    static final int DIED = 86;

    private static final int ORPHANED = 87;

    private final String journals;
    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicReference<WriteHooks> doom = new AtomicReference<>(WriteHooks.NONE);

    private DoomedOperator(String journals) {
        this.journals = journals;
    }

    /** Argument: the beginning of the names of the journals; the scene's number ends them. */
    public static void main(String[] arguments) {
        DoomedOperator operator = new DoomedOperator(arguments[0]);
        Thread.ofPlatform().daemon().start(operator::obey);
        OperatorProcess.run(() -> OperatorConfig.from(System.getenv()), operator::client, operator.new Doom());
    }

    /** What takes long at a start, and reads only, is done before the word is given. */
    private KubernetesClient client() {
        KubernetesClient client = KubernetesClients.create(Config.autoConfigure(null));
        client.getKubernetesVersion();
        try {
            started.await();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
        return client;
    }

    /** Words: {@code start}, {@code journal SCENE} and {@code journal SCENE WRITE SIDE}; their end is the parent's. */
    private void obey() {
        try (BufferedReader words = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = words.readLine(); line != null; line = words.readLine()) {
                String[] word = line.split(" ");
                if (word[0].equals("start")) {
                    started.countDown();
                } else {
                    begin(new IsolationScene(Integer.parseInt(word[1])), point(word));
                }
            }
            Runtime.getRuntime().halt(ORPHANED);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Optional<KillPoint> point(String... word) {
        return word.length == 2
                ? Optional.empty()
                : Optional.of(new KillPoint(Integer.parseInt(word[2]), Side.valueOf(word[3])));
    }

    private void begin(IsolationScene scene, Optional<KillPoint> point) {
        // No shutdown hook runs, no buffer is flushed, no connection is closed in order.
        Runnable kill = () -> Runtime.getRuntime().halt(DIED);
        Path journal = Path.of(journals + scene.number());
        doom.set(new DoomingHooks(scene, point, moment -> append(journal, moment + "\n"), kill));
        append(journal, "");
    }

    private static void append(Path journal, String text) {
        try {
            Files.writeString(journal, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private final class Doom implements WriteHooks {
        @Override
        public void before(Write write) {
            doom.get().before(write);
        }

        @Override
        public void after(Write write) {
            doom.get().after(write);
        }
    }
}
