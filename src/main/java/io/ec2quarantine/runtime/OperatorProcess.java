package io.ec2quarantine.runtime;

import io.ec2quarantine.cluster.ClusterCheck;
import io.ec2quarantine.config.KubeconfigFiles;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.config.UnknownSettings;
import io.ec2quarantine.core.WriteHooks;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: it runs until it is told to stop, or until it lost the lease or its start failed. */
public final class OperatorProcess {
    private static final int FAILED = 1;
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch toldToStop = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);

    private OperatorProcess() {}

    /** Runs the operator in this process; returns when it was told to stop. */
    public static void run(Supplier<OperatorConfig> config, Supplier<KubernetesClient> client, WriteHooks hooks) {
        try {
            new OperatorProcess().live(config.get(), client.get(), hooks);
        } catch (OperatorConfig.InvalidSetting invalid) {
            // Not by the log: its own format may be what is wrong.
            System.err.println(invalid.getMessage());
            Runtime.getRuntime().halt(FAILED);
        } catch (CannotStart cannot) {
            LOG.error("The operator could not start: {}", cannot.getMessage());
            Runtime.getRuntime().halt(FAILED);
        } catch (RuntimeException exception) {
            LOG.error(
                    "The operator could not start: {} ({})",
                    exception.getMessage(),
                    causes(exception).reduce(exception, (_, inner) -> inner).toString(),
                    exception);
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private void live(OperatorConfig config, KubernetesClient client, WriteHooks hooks) {
        LOG.info(Introduction.of(
                Optional.ofNullable(OperatorProcess.class.getPackage().getImplementationVersion()),
                client.getConfiguration().getMasterUrl(),
                System.getenv()));
        UnknownSettings.in(System.getenv()).forEach(LOG::warn);
        KubeconfigFiles.problem(System.getenv(), Files::exists).ifPresent(problem -> {
            throw new CannotStart(problem);
        });
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    stopping.set(true);
                    toldToStop.countDown();
                    await(stopped);
                }));
        ClusterCheck cluster = new ClusterCheck(client.getConfiguration());
        if (new ClusterWait(cluster::problem, this::isToldToStopWithin).isOver()) {
            SystemScheduler scheduler = new SystemScheduler();
            QuarantineOperator operator = start(config, client, scheduler, hooks, cluster);
            await(toldToStop);
            operator.close();
            scheduler.close();
        }
        client.close();
        stopped.countDown();
    }

    private QuarantineOperator start(
            OperatorConfig config,
            KubernetesClient client,
            SystemScheduler scheduler,
            WriteHooks hooks,
            ClusterCheck cluster) {
        try {
            QuarantineOperator operator = new QuarantineOperator(config, client, scheduler, hooks, () -> {
                // Halting runs no hooks: what holds up an orderly stop here would let two lead.
                if (!stopping.get()) {
                    Runtime.getRuntime().halt(FAILED);
                }
            });
            operator.start();
            return operator;
        } catch (RuntimeException exception) {
            throw causes(exception)
                    .filter(KubernetesClientException.class::isInstance)
                    .map(KubernetesClientException.class::cast)
                    .findFirst()
                    .<RuntimeException>map(failure -> new CannotStart(cluster.sentence(failure), exception))
                    .orElse(exception);
        }
    }

    private boolean isToldToStopWithin(Duration time) {
        try {
            return toldToStop.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
        }
    }

    private static Stream<Throwable> causes(Throwable exception) {
        return Stream.iterate(exception, cause -> cause != null, Throwable::getCause);
    }
}
