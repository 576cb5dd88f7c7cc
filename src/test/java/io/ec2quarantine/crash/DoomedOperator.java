package io.ec2quarantine.crash;

import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.crash.KillPoint.Side;
import io.ec2quarantine.runtime.OperatorProcess;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The operator's own {@code Main}, except that it keeps a journal of its writes and halts at one of them. */
final class DoomedOperator {
    /** How a process ends that died where it should. */
    static final int DIED = 86;

    private DoomedOperator() {}

    /** Arguments: the journal's file and, for those that are to die, the number of the write and the side of it. */
    public static void main(String[] arguments) {
        Path journal = Path.of(arguments[0]);
        Optional<KillPoint> point = arguments.length == 1
                ? Optional.empty()
                : Optional.of(new KillPoint(Integer.parseInt(arguments[1]), Side.valueOf(arguments[2])));
        OperatorProcess.run(
                () -> OperatorConfig.from(System.getenv()),
                () -> KubernetesClients.create(Config.autoConfigure(null)),
                new DoomingHooks(
                        point,
                        moment -> append(journal, moment),
                        // No shutdown hook runs, no buffer is flushed, no connection is closed in order.
                        () -> Runtime.getRuntime().halt(DIED)));
    }

    private static void append(Path journal, String moment) {
        try {
            Files.writeString(journal, moment + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }
}
