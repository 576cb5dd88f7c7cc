package io.ec2quarantine.chart;

import io.ec2quarantine.real.Answer;
import io.ec2quarantine.real.Kubectl;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Somebody who asks the API server for something, by impersonation. */
enum Person {
    /** Holds no role. */
    NOBODY,
    VIEW,
    EDIT,
    APPROVE,
    RELEASE,
    /** May approve and release. */
    BOTH,
    /** May approve and release as well. */
    OTHER,
    /** Holds every plain verb on both kinds, as a role of a wildcard's kind gives, and neither approve nor release. */
    PLAIN,
    /** Holds the same, under the name of the operator's service account in another namespace. */
    IMPOSTOR,
    /** May do everything. */
    ADMIN,
    /** Deletes what has lost its owner, and may delete anything. */
    COLLECTOR,
    OPERATOR;

    private static final String ACCOUNT = "system:serviceaccount:";

    /** Gives everybody the roles that they are named after. */
    static void bindAll(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: plain}
                rules:
                - apiGroups: [ec2quarantine.io]
                  resources: ["*"]
                  verbs: [get, list, watch, create, update, patch, delete, deletecollection]
                """);
        for (Person each : List.of(VIEW, EDIT, APPROVE, RELEASE)) {
            each.bind(kubectl, each.user());
        }
        for (Person each : List.of(BOTH, OTHER)) {
            each.bind(kubectl, "approve");
            each.bind(kubectl, "release");
        }
        for (Person each : List.of(PLAIN, IMPOSTOR)) {
            kubectl.does(
                    "create",
                    "clusterrolebinding",
                    each.name().toLowerCase(Locale.ROOT),
                    "--clusterrole=plain",
                    "--user=" + each.user());
        }
    }

    private void bind(Kubectl kubectl, String role) {
        kubectl.does(
                "create",
                "clusterrolebinding",
                user() + "-" + role,
                "--clusterrole=" + Helm.NAME + "-" + role,
                "--user=" + user());
    }

    /** The user, as the cluster knows them. */
    String user() {
        return switch (this) {
            case OPERATOR -> ACCOUNT + Helm.NAMESPACE + ":" + Helm.NAME;
            case IMPOSTOR -> ACCOUNT + "elsewhere:" + Helm.NAME;
            case COLLECTOR -> ACCOUNT + "kube-system:generic-garbage-collector";
            default -> name().toLowerCase(Locale.ROOT);
        };
    }

    /** Runs {@code kubectl} as this person; a patch may be written in YAML. */
    Answer asks(Kubectl kubectl, String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.replaceAll(each ->
                each.startsWith("{") ? Manifest.parse(each).objects().getFirst().toString() : each);
        all.add("--as=" + user());
        if (this == ADMIN) {
            all.add("--as-group=system:masters");
        }
        return kubectl.runWith(input, all.toArray(String[]::new));
    }
}
