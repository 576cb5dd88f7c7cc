package io.ec2quarantine.recover;

import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.ClusterCheck;
import io.ec2quarantine.cluster.InstallIdentity;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.cluster.RecoveredObjects;
import io.ec2quarantine.config.OperatorConfig;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.access.RoleAllowlist;
import io.ec2quarantine.runtime.QuarantineOperator;
import io.ec2quarantine.runtime.SystemScheduler;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the quarantines of a lost cluster anew, from what the tags in AWS tell and the groups bear out. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Finds the quarantined interfaces of accounts and Regions by their tags, and prints the QuarantinedInstance objects"
                    + " of a lost cluster as YAML, with the groups that a release gives back. Nothing is written without"
                    + " --write, and nothing is ever changed in AWS."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything that was found is recovered, or would be with --write as far as the cluster could be looked at",
            "1:it could not be begun: the cluster, the installation or a running operator stands against it",
            "2:the arguments cannot be used",
            "3:an account could not be read, or something that is tagged as isolated is not recovered"
        })
public final class RecoverCommand implements Callable<Integer> {
    private static final int CANNOT_BEGIN = 1;
    private static final int NOT_ALL = 3;
    private static final int PATIENCE_MILLIS = 5_000;

    private final Supplier<Config> cluster;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--account",
            required = true,
            split = ",",
            paramLabel = "ID",
            description = "The accounts to look in, 12 digits each.")
    private List<String> accounts = List.of();

    @Option(
            names = "--region",
            required = true,
            split = ",",
            paramLabel = "REGION",
            description = "The Regions to look in.")
    private List<String> regions = List.of();

    @Option(
            names = "--role",
            paramLabel = "NAME",
            description =
                    "The role to look with, and by which the operator shall isolate again; without it the own identity.")
    private @Nullable String role;

    @Option(names = "--release-role", paramLabel = "NAME", description = "The role that shall give back.")
    private @Nullable String releaseRole;

    @Option(
            names = "--external-id-file",
            paramLabel = "FILE",
            description = "A file that holds the roles' external id.")
    private @Nullable Path externalIdFile;

    @Option(
            names = "--install-id",
            paramLabel = "ID",
            description = "Recovers what this installation isolated, where several have.")
    private @Nullable String installId;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "The operator's namespace; without it that of the current context.")
    private @Nullable String namespace;

    @Option(names = "--write", description = "Writes what is shown into the cluster.")
    private boolean write;

    RecoverCommand(Supplier<Config> cluster) {
        this.cluster = cluster;
    }

    @Override
    public Integer call() {
        Access access = access();
        List<AccountRegion> places = places();
        WriteLedger ledger = new WriteLedger(WriteHooks.NONE);
        RoleAllowlist allowed =
                RoleAllowlist.of(OperatorConfig.from(System.getenv()).roleAllowlist());
        try (SystemScheduler time = new SystemScheduler();
                AwsSessions sessions = new AwsSessions(time, ledger, new CompositeMeterRegistry(), allowed)) {
            RecoveryReport report = new RecoveryReport(out(), err());
            Recoverer recoverer = new Recoverer(sessions, access, time);
            List<Recoverer.Candidate> candidates = new ArrayList<>();
            for (AccountRegion where : places) {
                switch (recoverer.find(where)) {
                    case Result.Ok<Recoverer.Found>(Recoverer.Found found) -> {
                        report.found(where, found);
                        candidates.addAll(found.candidates());
                    }
                    case Result.Failed<Recoverer.Found>(CallFailure failure) -> report.unreadable(where, failure);
                }
            }
            return finish(candidates, report, ledger, time);
        }
    }

    private int finish(List<Recoverer.Candidate> all, RecoveryReport report, WriteLedger ledger, SystemScheduler time) {
        List<Recoverer.Candidate> chosen = all.stream()
                .filter(each -> installId == null || each.installId().equals(installId))
                .toList();
        all.stream().filter(each -> !chosen.contains(each)).forEach(report::ofAnotherInstallation);
        Set<String> installations = new TreeSet<>(
                chosen.stream().map(Recoverer.Candidate::installId).toList());
        if (installations.size() > 1) {
            report.say("Several installations have isolated here (" + String.join(", ", installations)
                    + "); name one with --install-id.");
            return CANNOT_BEGIN;
        }
        Optional<String> installation = installations.stream().findFirst();
        Config config = write ? config() : impatient(config());
        try (KubernetesClient client = KubernetesClients.create(config)) {
            Optional<String> problem = installation.flatMap(each -> write
                    ? write(chosen, each, client, report, ledger, time)
                    : compare(chosen, each, client, report, time));
            problem.ifPresent(report::say);
            report.table();
            return problem.isPresent() ? CANNOT_BEGIN : report.isComplete() ? 0 : NOT_ALL;
        } catch (KubernetesClientException failure) {
            String sentence = new ClusterCheck(config).sentence(failure);
            if (write) {
                report.say(sentence + hint(failure));
                return CANNOT_BEGIN;
            }
            report.say("The cluster was not looked at, and --write may find more in its way: " + sentence);
            chosen.forEach(each -> report.wouldWrite(each, true));
            report.table();
            return report.isComplete() ? 0 : NOT_ALL;
        }
    }

    /** Answers what would keep a recovery from beginning, and shows all the same what was found. */
    private static Optional<String> compare(
            List<Recoverer.Candidate> chosen,
            String installation,
            KubernetesClient client,
            RecoveryReport report,
            SystemScheduler time) {
        RecoveredObjects objects = new RecoveredObjects(client, new WriteLedger(WriteHooks.NONE));
        Optional<String> obstacle = obstacle(installation, client, objects, time);
        Set<Recoverer.Candidate> missing =
                chosen.stream().filter(each -> !objects.isKnown(each.object())).collect(Collectors.toSet());
        chosen.forEach(each -> report.wouldWrite(each, missing.contains(each)));
        return obstacle;
    }

    private static Optional<String> obstacle(
            String installation, KubernetesClient client, RecoveredObjects objects, SystemScheduler time) {
        String home = home(client);
        return objects.holder(home, QuarantineOperator.LEASE, time.instant())
                .map(
                        leader -> "The operator " + leader + " leads in namespace " + home
                                + " and would write down what it sees; scale its Deployment to 0, recover, and scale it up again.")
                .or(() -> anotherInstallation(client, installation, home));
    }

    private static Optional<String> anotherInstallation(KubernetesClient client, String installation, String home) {
        try {
            return InstallIdentity.present(client, home)
                    .flatMap(present -> anotherInstallation(present, installation, home));
        } catch (IllegalStateException damaged) {
            return Optional.of(String.valueOf(damaged.getMessage()));
        }
    }

    private static Optional<String> anotherInstallation(String present, String installation, String home) {
        return present.equals(installation)
                ? Optional.empty()
                : Optional.of("The cluster is the installation " + present + " in namespace " + home
                        + ", and these instances were isolated by " + installation
                        + "; delete the Secret ec2-quarantine-operator there if that one has isolated nothing, or restore it"
                        + " from a backup.");
    }

    private static String home(KubernetesClient client) {
        return Optional.ofNullable(client.getConfiguration().getNamespace()).orElse("default");
    }

    /** Answers why it could not be begun, where that is so. */
    private static Optional<String> write(
            List<Recoverer.Candidate> chosen,
            String installation,
            KubernetesClient client,
            RecoveryReport report,
            WriteLedger ledger,
            SystemScheduler time) {
        String home = home(client);
        RecoveredObjects objects = new RecoveredObjects(client, ledger);
        Optional<String> obstacle = obstacle(installation, client, objects, time)
                // Somebody may adopt another one in this moment.
                .or(() -> anotherInstallation(
                        InstallIdentity.adopt(client, home, installation, ledger)
                                .id(),
                        installation,
                        home));
        if (obstacle.isPresent()) {
            return obstacle;
        }
        for (Recoverer.Candidate each : chosen) {
            try {
                report.written(each, objects.write(each.object()));
            } catch (KubernetesClientException failure) {
                report.say(each.object().getMetadata().getName()
                        + " may be there without its status now; leave the operator scaled to 0, mend what is said next, and"
                        + " run recover --write again, which finishes it.");
                throw failure;
            }
        }
        return Optional.empty();
    }

    /** Nobody waits for a cluster that is lost only to be shown what is in AWS. */
    private static Config impatient(Config config) {
        return new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout(PATIENCE_MILLIS)
                .withRequestTimeout(PATIENCE_MILLIS)
                .build();
    }

    private static String hint(KubernetesClientException failure) {
        return switch (failure.getCode()) {
            case HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_UNAUTHORIZED ->
                " The operator's own service account may write: docs/break-glass.md says how to get its token.";
            case HttpURLConnection.HTTP_NOT_FOUND ->
                " Install the chart with replicas=0 first, and give its namespace with --namespace.";
            default -> "";
        };
    }

    private Config config() {
        Config own = cluster.get();
        return namespace == null
                ? own
                : new ConfigBuilder(own).withNamespace(namespace).build();
    }

    private List<AccountRegion> places() {
        accounts.stream().filter(each -> !each.matches("[0-9]{12}")).findFirst().ifPresent(wrong -> {
            throw unusable("--account", "12 digits");
        });
        regions.stream()
                .filter(each -> !each.matches("[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}"))
                .findFirst()
                .ifPresent(wrong -> {
                    throw unusable("--region", "a Region such as us-west-2");
                });
        return accounts.stream()
                .distinct()
                .flatMap(account -> regions.stream().distinct().map(region -> new AccountRegion(account, region)))
                .toList();
    }

    private Access access() {
        if (role == null && (releaseRole != null || externalIdFile != null)) {
            throw unusable("--role", "given where --release-role or --external-id-file is");
        }
        return new Access(Optional.ofNullable(role), Optional.ofNullable(releaseRole), Optional.empty(), externalId());
    }

    private Optional<String> externalId() {
        if (externalIdFile == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(externalIdFile).strip());
        } catch (IOException _) {
            throw unusable("--external-id-file", "a file that can be read");
        }
    }

    private ParameterException unusable(String option, String expected) {
        return new ParameterException(command().commandLine(), option + " must be " + expected);
    }

    private PrintWriter out() {
        return command().commandLine().getOut();
    }

    private PrintWriter err() {
        return command().commandLine().getErr();
    }

    private CommandSpec command() {
        return Optional.ofNullable(spec).orElseThrow();
    }
}
