package io.ec2quarantine.core.finding;

import java.util.Set;

/** Whether the instance itself acts for an attacker, or is merely attacked. */
public enum Involvement {
    COMPROMISED("Compromised"),
    ATTACKED("Attacked");

    private static final Set<String> BRUTE_FORCE = Set.of("SSHBruteForce", "RDPBruteForce", "WinRMBruteForce");

    private final String label;

    Involvement(String label) {
        this.label = label;
    }

    /** The name as people read it. */
    public String label() {
        return label;
    }

    /**
     * Tells the involvement from the evidence; any of it may be empty.
     *
     * <p>The type decides first. {@code service.resourceRole} alone does not tell attacker from victim: real findings on
     * clearly compromised instances say TARGET. So only what is certainly about others coming in counts as attacked,
     * and everything else, the unknown included, as compromised.
     */
    public static Involvement of(String findingType, String actionType, String direction, String resourceRole) {
        boolean comingIn = direction.equals("INBOUND") && resourceRole.equals("TARGET");
        boolean bruteForce = BRUTE_FORCE.contains(threatName(findingType)) && comingIn;
        return bruteForce || actionType.equals("PORT_PROBE") ? ATTACKED : COMPROMISED;
    }

    /** The part behind the slash, without the detail behind a dot: {@code …:EC2/MaliciousIPCaller.Custom}. */
    private static String threatName(String findingType) {
        String name = findingType.substring(findingType.lastIndexOf('/') + 1);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}
