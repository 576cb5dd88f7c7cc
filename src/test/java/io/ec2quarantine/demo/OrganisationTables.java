package io.ec2quarantine.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.sim.Call;
import io.ec2quarantine.sim.OrganisationScene;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is shown of the organisation between the acts. */
record OrganisationTables(StageSet set, OrganisationView view, Screen screen) {
    /** Of rows that look alike, so many are shown. */
    private static final int SHOWN = 3;

    /** The accounts with their roles, and the instances. */
    void accounts() {
        OrganisationScene scene = view.scene();
        screen.heading("The organisation", "two accounts, two Regions");
        line(scene.security().id(), "GuardDuty's administrator: ec2-quarantine-reader reads what is found anywhere");
        line(scene.member().id(), "a member: ec2-quarantine-responder isolates, ec2-quarantine-release gives back");
        line("", scene.stormed().name() + ": " + view.servers().size() + " servers");
        line(
                "",
                scene.quiet().name() + ": " + view.nameOf(scene.askedAbout()) + ", and "
                        + view.nameOf(scene.protectedInstance()) + " with the tag ec2quarantine.io/protected");
    }

    private void line(String account, String text) {
        screen.line("  %-12s  %s".formatted(account, text));
    }

    /** The table of {@code kubectl get isolationpolicies}. */
    void policies() {
        screen.heading("kubectl get isopol", "without PERMISSIONS");
        KubectlTable.of(Cluster.POLICIES)
                .without("PERMISSIONS")
                .lines(set.objects("isolationpolicies"), Instant.now())
                .forEach(line -> screen.line("  " + line));
    }

    /** The words of a policy's condition. */
    void condition(Condition ready) {
        screen.line("");
        screen.paragraph(
                "  " + screen.paint(Style.YELLOW, "%-9s".formatted(ready.reason())) + " ",
                12,
                Style.PLAIN,
                ready.message());
    }

    /** The table of {@code kubectl get qi}, shortened to fit. */
    void quarantines() {
        screen.heading("kubectl get qi", "its rows shortened, and without LAST VERIFIED");
        List<JsonNode> all = set.quarantines();
        List<String> lines =
                KubectlTable.of(Cluster.QUARANTINES).without("LAST VERIFIED").lines(all, Instant.now());
        screen.line("  " + lines.getFirst());
        rows(lines, "Isolated");
        rows(lines, "Observed");
    }

    private void rows(List<String> lines, String state) {
        List<String> rows = lines.stream()
                .skip(1)
                .filter(line -> line.contains(" " + state + " "))
                .toList();
        rows.stream().limit(SHOWN).forEach(line -> screen.line("  " + line));
        screen.line("  " + screen.paint(Style.DIM, "and " + (rows.size() - SHOWN) + " more with DESIRED " + state));
    }

    /** How severe what was found is on the servers that EC2 has isolated, and on the others. */
    void severities(List<String> isolated) {
        screen.heading("Security groups in EC2", "how severe the findings are");
        severity("in " + OrganisationView.ISOLATION_GROUP + " alone, without a rule", isolated::contains);
        severity("untouched, in web", id -> !isolated.contains(id));
    }

    private void severity(String where, Predicate<String> which) {
        screen.line("  %-48s  ".formatted(where) + view.counted(which));
    }

    /** Whose role called what in which account and Region, from the simulator's log. */
    void actors() {
        screen.heading("Who did what", "from the simulator's log of calls");
        Map<String, List<Call>> byActor = set.simulator().calls().matching(StageSet::isOperators).stream()
                .filter(call -> !call.role().isEmpty())
                .collect(Collectors.groupingBy(
                        call -> "  %s  %-24s  %-12s  ".formatted(call.account(), call.role(), call.region()),
                        TreeMap::new,
                        Collectors.toList()));
        byActor.forEach((actor, calls) -> screen.paragraph(actor, actor.length(), Style.PLAIN, said(calls)));
    }

    private static String said(List<Call> calls) {
        Map<String, Long> writes = calls.stream()
                .filter(Call::changedTheWorld)
                .collect(Collectors.groupingBy(Call::action, TreeMap::new, Collectors.counting()));
        return writes.isEmpty()
                ? "changed nothing"
                : writes.entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                        .map(each -> each.getKey() + "×" + each.getValue())
                        .collect(Collectors.joining(", "));
    }
}
