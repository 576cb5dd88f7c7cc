package io.ec2quarantine.core.safeguard;

/** An Auto Scaling group; its name is unique within its account and Region. */
public record ScalingGroup(String accountId, String region, String name) {
    /** The tag that Auto Scaling puts on its instances, and that nobody else can (EC2 Auto Scaling user guide). */
    public static final String TAG = "aws:autoscaling:groupName";
}
