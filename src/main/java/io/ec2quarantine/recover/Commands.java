package io.ec2quarantine.recover;

import io.ec2quarantine.config.OperatorConfig;
import io.fabric8.kubernetes.client.Config;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the jar does beside being the operator, which it is without arguments. */
@Command(
        name = "java -jar ec2-quarantine-operator.jar",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        description =
                "Without arguments this is the operator; its settings are environment variables (docs/install.md).")
public final class Commands implements Runnable {
    /** Beside what a command prints on the one stream, its log goes to the other. */
    private static final String LOG_STREAM = "operator.log.stream";
    /** What a command could not do it says itself. */
    private static final String LOG_LEVEL = "operator.log.level";

    @Spec
    private @Nullable CommandSpec spec;

    /**
     * Runs the operator, or ends the process with the code of the command that was asked for.
     *
     * @param cluster where the API server is, and by which credentials
     */
    public static void run(String[] arguments, Runnable operator, Supplier<Config> cluster) {
        if (arguments.length == 0) {
            operator.run();
            return;
        }
        System.setProperty(LOG_STREAM, "System.err");
        System.setProperty(LOG_LEVEL, "ERROR");
        System.exit(commandLine(cluster).execute(arguments));
    }

    /** The command line, to be executed with arguments. */
    static CommandLine commandLine(Supplier<Config> cluster) {
        return new CommandLine(new Commands())
                .addSubcommand(new RecoverCommand(cluster))
                .setParameterExceptionHandler((wrong, arguments) -> misunderstood(wrong))
                .setExecutionExceptionHandler((failure, command, _) -> failed(failure, command));
    }

    @Override
    public void run() {
        throw new ParameterException(
                Optional.ofNullable(spec).map(CommandSpec::commandLine).orElseThrow(), "No command");
    }

    private static int misunderstood(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        // Of a mistyped option that is required, picocli tells only that it is missing.
        String unknown = wrong instanceof MissingParameterException
                ? command.getUnmatchedArguments().stream()
                        .filter(each -> each.startsWith("-"))
                        .map(each -> "Unknown option: '" + each + "', ")
                        .collect(Collectors.joining())
                : "";
        err.println("The arguments cannot be used (" + unknown + wrong.getMessage() + "): "
                + (command.getCommand() instanceof RecoverCommand
                        ? "recover --help lists those that there are."
                        : "the operator takes none, and its one command is recover, with its options under recover --help;"
                                + " its settings are the environment variables "
                                + String.join(", ", OperatorConfig.KEYS) + ", KUBECONFIG and those of the AWS SDK."));
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    /** A bad setting has a sentence of its own; anything else is a defect. */
    private static int failed(Exception failure, CommandLine command) {
        command.getErr()
                .println(
                        failure instanceof OperatorConfig.InvalidSetting
                                ? failure.getMessage()
                                : "It failed in a way that was not foreseen (" + failure + "); please report this.");
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The version of the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                Optional.ofNullable(Commands.class.getPackage().getImplementationVersion())
                        .orElse("not built as a jar")
            };
        }
    }
}
