package io.ec2quarantine.core.evidence;

/** An instance profile that an instance has. */
public record ProfileAssociation(String id, String arn) {
    /** The name of the profile, out of its ARN. */
    public static String name(String arn) {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }
}
