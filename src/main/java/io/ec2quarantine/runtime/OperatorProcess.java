package io.ec2quarantine.runtime;

import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of the process: it runs until it is told to stop, or until it lost the lease or its start failed. */
public final class OperatorProcess {
    private static final int FAILED = 1;
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);

    private OperatorProcess() {}

    /** Runs the operator in this process; returns when it was told to stop. */
    public static void run(Supplier<OperatorConfig> config, Supplier<KubernetesClient> client, WriteHooks hooks) {
        try {
            run(config.get(), client.get(), hooks);
        } catch (OperatorConfig.InvalidSetting invalid) {
            // Not by the log: its own format may be what is wrong.
            System.err.println(invalid.getMessage());
            Runtime.getRuntime().halt(FAILED);
        } catch (RuntimeException exception) {
            LOG.error("The operator could not start: {} ({})", exception.getMessage(), rootCause(exception), exception);
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private static void run(OperatorConfig config, KubernetesClient client, WriteHooks hooks) {
        AtomicBoolean stopping = new AtomicBoolean();
        CountDownLatch toldToStop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        SystemScheduler scheduler = new SystemScheduler();
        QuarantineOperator operator = new QuarantineOperator(config, client, scheduler, hooks, () -> {
            // Halting runs no hooks: what holds up an orderly stop here would let two lead.
            if (!stopping.get()) {
                Runtime.getRuntime().halt(FAILED);
            }
        });
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    stopping.set(true);
                    toldToStop.countDown();
                    await(stopped);
                }));
        operator.start();
        await(toldToStop);
        operator.close();
        scheduler.close();
        client.close();
        stopped.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException exception) {
            Thread.currentThread().interrupt();
        }
    }

    /** Exceptions of the network often have no message, only a telling name. */
    private static String rootCause(Throwable exception) {
        Throwable root = exception;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
