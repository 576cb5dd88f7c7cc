package io.ec2quarantine;

import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.recover.Commands;
import io.ec2quarantine.runtime.OperatorProcess;
import io.fabric8.kubernetes.client.Config;

/** Starts the operator with the settings of its environment, and ends with it; with arguments, does what they say. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Commands.run(
                args,
                () -> OperatorProcess.run(
                        () -> OperatorConfig.from(System.getenv()),
                        () -> KubernetesClients.create(Config.autoConfigure(null)),
                        WriteHooks.NONE),
                () -> Config.autoConfigure(null));
    }
}
