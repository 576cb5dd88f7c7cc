package io.ec2quarantine.api.v1alpha1;

/** The condition types of both kinds. */
public enum ConditionType {
    /** The desired state is reached and, where isolated, freshly verified. */
    READY("Ready"),
    /** Every attached interface carries exactly its isolation group. */
    ISOLATED("Isolated"),
    /** A read after the last change, not older than two sweep intervals, found everything as desired. */
    VERIFIED("Verified"),
    /** Connections that were open before the isolation are known to be cut. */
    CONNECTIONS_CUT("ConnectionsCut"),
    /** Every step that preserves evidence is done. */
    EVIDENCE_PRESERVED("EvidencePreserved"),
    /** Every notification that is due was sent. */
    NOTIFIED("Notified"),
    /** Work is under way (kstatus). */
    RECONCILING("Reconciling"),
    /** A person must mend something (kstatus). */
    STALLED("Stalled"),
    /** Every source of a policy answers. */
    SOURCES_REACHABLE("SourcesReachable"),
    /** The operator's identities may do in AWS what the response of a policy asks for. */
    PERMISSIONS_SUFFICIENT("PermissionsSufficient"),
    /** The expression of a policy, where it has one, has failed on no finding. */
    EXPRESSION_EVALUATED("ExpressionEvaluated");

    private final String text;

    ConditionType(String text) {
        this.text = text;
    }

    /** The type as the API spells it. */
    public String text() {
        return text;
    }
}
