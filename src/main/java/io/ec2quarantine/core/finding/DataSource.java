package io.ec2quarantine.core.finding;

/** Where GuardDuty saw it. */
public enum DataSource {
    FLOW_LOGS("VPC Flow Logs"),
    DNS_LOGS("DNS Logs"),
    CLOUDTRAIL("CloudTrail"),
    RUNTIME_MONITORING("Runtime Monitoring"),
    MALWARE_PROTECTION("Malware Protection"),
    CORRELATION("Attack Sequence Correlation"),
    UNKNOWN("Unknown");

    private final String label;

    DataSource(String label) {
        this.label = label;
    }

    /** The name as people read it. */
    public String label() {
        return label;
    }

    /** Tells the source from the finding's type and its {@code service.action.actionType}; either may be empty. */
    public static DataSource of(String findingType, String actionType) {
        if (findingType.startsWith("AttackSequence:")) {
            return CORRELATION;
        }
        if (findingType.contains(":Runtime/")) {
            return RUNTIME_MONITORING;
        }
        if (findingType.contains("/MaliciousFile") || findingType.contains("/SuspiciousFile")) {
            return MALWARE_PROTECTION;
        }
        return switch (actionType) {
            case "NETWORK_CONNECTION", "PORT_PROBE" -> FLOW_LOGS;
            case "DNS_REQUEST" -> DNS_LOGS;
            case "AWS_API_CALL" -> CLOUDTRAIL;
            default -> UNKNOWN;
        };
    }
}
