package io.ec2quarantine.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceStatus;
import io.ec2quarantine.demo.ClusterWatch.Undone;
import io.ec2quarantine.demo.Screen.Style;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is shown before and after the timeline. */
final class Telling {
    private final Screen screen;
    private final Ec2View ec2;

    Telling(Screen screen, Ec2View ec2) {
        this.screen = screen;
        this.ec2 = ec2;
    }

    /** The instances of the scene and their groups, and the address on the threat list. */
    void scene() {
        screen.heading("The scene", ec2.scene().account() + ", " + ec2.scene().region());
        for (String id : ec2.instances()) {
            String groups = ec2.namesOf(ec2.region().groupsOf(id));
            screen.line("  %-53s  %s  %s".formatted(ec2.nameOf(id), id, groups));
        }
        ec2.instances()
                .forEach(id -> ec2.region()
                        .publicIpOf(id)
                        .ifPresent(address -> ec2.region()
                                .threatListNaming(address)
                                .ifPresent(list -> screen.paragraph(
                                        "  ",
                                        2,
                                        Style.PLAIN,
                                        address + ", the Elastic IP of the malicious instance, is on GuardDuty's "
                                                + list + "."))));
    }

    /** The table of {@code kubectl get qi}. */
    void table(List<JsonNode> quarantines, Instant now) {
        screen.heading("kubectl get qi", "its columns in two rows, to fit");
        KubectlTable.of(Cluster.QUARANTINES)
                .folded(quarantines, now, Screen.WIDTH - 2)
                .forEach(line -> screen.line("  " + line));
    }

    /** The conditions: those of one status together, and the words of those that are neither true nor settled. */
    void conditions(QuarantinedInstance object) {
        screen.heading(
                "The conditions", "kubectl describe qi " + object.getMetadata().getName());
        List<Condition> all = conditionsOf(object);
        conditions(all, Condition.Status.TRUE, Style.GREEN);
        conditions(all, Condition.Status.FALSE, Style.PLAIN);
        all.stream()
                .filter(condition -> condition.status() == Condition.Status.UNKNOWN)
                .forEach(condition -> line(
                        Condition.Status.UNKNOWN,
                        Style.YELLOW,
                        condition.type() + " (" + condition.reason() + "): " + condition.message()));
    }

    private void conditions(List<Condition> all, Condition.Status status, Style style) {
        String text = all.stream()
                .filter(condition -> condition.status() == status)
                .map(Condition::type)
                .collect(Collectors.joining(", "));
        if (!text.isEmpty()) {
            line(status, style, text);
        }
    }

    private void line(Condition.Status status, Style style, String text) {
        screen.paragraph("  " + screen.paint(style, "%-9s".formatted(word(status))), 11, Style.PLAIN, text);
    }

    /** How long each change of somebody else lasted. */
    void undone(List<Undone> changes) {
        screen.heading("What was undone", "what was called, and the time until it was undone and verified");
        changes.forEach(change -> screen.line("  %-75s".formatted(change.what())
                + screen.paint(Style.GREEN, "%8s".formatted(Timeline.seconds(change.after())))));
    }

    /** The groups at several times, by interface of the compromised instance and by other instance. */
    void groups(String times, List<Map<String, String>> columns, EndState end) {
        screen.heading("Security groups in EC2", times);
        columns.getLast().keySet().forEach(id -> {
            boolean untouched = ec2.bystanders().contains(id) && end.isUntouched(id);
            String had = columns.getFirst().getOrDefault(id, "");
            String later = untouched
                    ? screen.paint(Style.DIM, "untouched")
                    : columns.stream()
                            .skip(1)
                            .map(column -> "%-21s".formatted(column.getOrDefault(id, "")))
                            .collect(Collectors.joining("  "))
                            .strip();
            screen.line("  %-21s  %-19s  ".formatted(id, had) + later);
        });
    }

    /** The conditions of a quarantine. */
    static List<Condition> conditionsOf(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .map(QuarantinedInstanceStatus::conditions)
                .orElse(List.of());
    }

    /** An enum's value as the API spells it. */
    static String word(Enum<?> value) {
        return value.name().charAt(0) + value.name().substring(1).toLowerCase(Locale.ROOT);
    }
}
