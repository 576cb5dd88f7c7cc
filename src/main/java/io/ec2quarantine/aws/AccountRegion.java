package io.ec2quarantine.aws;

/** Where an instance lives. */
public record AccountRegion(String accountId, String region) {
    @Override
    public String toString() {
        return accountId + "/" + region;
    }
}
