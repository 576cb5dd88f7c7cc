package io.ec2quarantine.recover;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus.InterfaceStatus;
import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.cluster.KubernetesClients;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.recovery.Recovery;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Objects as YAML for machines on one stream, a table for people on the other. */
final class RecoveryReport {
    private static final String ROW = "%-20s %-13s %-15s %-22s %-21s %s%n";

    private static final String THERE = "left: there is a quarantine already";

    private record Row(QuarantinedInstance object, String outcome) {}

    private final PrintWriter out;
    private final PrintWriter err;
    private final KubernetesSerialization yaml = KubernetesClients.serialization(new ObjectMapper());
    private final List<Row> rows = new ArrayList<>();
    private boolean complete = true;

    RecoveryReport(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Whether nothing was left behind. */
    boolean isComplete() {
        return complete;
    }

    void say(String sentence) {
        err.println(sentence);
        err.flush();
    }

    void unreadable(AccountRegion where, CallFailure failure) {
        complete = false;
        say(where + " could not be read: " + failure.sentence());
    }

    void found(AccountRegion where, Recoverer.Found found) {
        say(where + ": " + found.candidates().size() + (found.candidates().size() == 1 ? " instance" : " instances"));
        for (Recovery.Remark remark : found.remarks()) {
            complete &= remark.recovered();
            say((remark.recovered() ? "  " : "  not recovered: ") + remark.sentence());
        }
    }

    void ofAnotherInstallation(Recoverer.Candidate candidate) {
        rows.add(new Row(candidate.object(), "left: of installation " + candidate.installId()));
    }

    void wouldWrite(Recoverer.Candidate candidate, boolean missing) {
        print(candidate);
        complete &= missing;
        rows.add(new Row(candidate.object(), missing ? "would be written" : THERE));
    }

    void written(Recoverer.Candidate candidate, boolean done) {
        print(candidate);
        complete &= done;
        rows.add(new Row(candidate.object(), done ? "written" : THERE));
    }

    private void print(Recoverer.Candidate candidate) {
        out.print(yaml.asYaml(Recoverer.shown(candidate.object())));
        out.flush();
    }

    void table() {
        if (!rows.isEmpty()) {
            err.printf(ROW, "INSTANCE", "ACCOUNT", "REGION", "INTERFACE", "RELEASE GIVES BACK", "OUTCOME");
        }
        for (Row row : rows) {
            for (InterfaceStatus each : row.object().getStatus().interfaces()) {
                err.printf(
                        ROW,
                        row.object().getMetadata().getName(),
                        row.object().getSpec().accountID(),
                        row.object().getSpec().region(),
                        each.id(),
                        each.baseline().isEmpty() ? "not known" : String.join(",", each.baseline()),
                        row.outcome());
            }
        }
        err.flush();
    }
}
