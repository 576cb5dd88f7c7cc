package io.ec2quarantine.core.preflight;

/**
 * An account and Region that a policy acts in, or may.
 *
 * @param certain whether it does: an instance there is quarantined, or the policy names the account; otherwise nobody has said
 *     that the policy's roles exist there
 */
public record Place(String accountId, String region, boolean certain) {
    @Override
    public String toString() {
        return accountId + "/" + region;
    }
}
