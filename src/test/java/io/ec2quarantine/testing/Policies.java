package io.ec2quarantine.testing;

/** Policies as a security engineer writes them. */
public final class Policies {
    private Policies() {}

    /** The policy of the workshop's scene, with room for as many instances as a test may have. */
    public static String workshop() {
        return enforcing("malicious-ip-callers", "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom")
                + "  safeguards: {maxActive: 10000, maxPerHour: 1000}\n";
    }

    /** A policy that enforces on a finding type. */
    public static String enforcing(String name, String findingType) {
        return policy(name, "Enforce", findingType, "");
    }

    /**
     * A policy.
     *
     * @param matchMore further lines below {@code match}, as flow-style fields, such as {@code minSeverity: High}
     */
    public static String policy(String name, String mode, String findingType, String matchMore) {
        return """
                apiVersion: ec2quarantine.io/v1alpha1
                kind: IsolationPolicy
                metadata: {name: %s}
                spec:
                  mode: %s
                  sources: [{name: workshop, regions: [us-west-2]}]
                  match: {findingTypes: ["%s"]%s}
                  response: {isolation: {securityGroupName: ForensicSecurityGroup}}
                """.formatted(name, mode, findingType, matchMore.isEmpty() ? "" : ", " + matchMore);
    }
}
