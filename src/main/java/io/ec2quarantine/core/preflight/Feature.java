package io.ec2quarantine.core.preflight;

/** Something that a response asks for. */
public enum Feature {
    /** Looking at instances and reading back. */
    LOOK("nothing can be looked at or read back"),
    /** Reading what an isolation affects. */
    IMPACT("status.impact does not say which Auto Scaling group and target groups the instance is in, and nothing takes"
            + " it out of them"),
    /** Moving interfaces into isolation groups. */
    ISOLATE("no interface can be isolated"),
    /** Making the isolation group of a VPC. */
    GROUP("no isolation group can be made where a VPC has none"),
    /** Taking rules out of isolation groups. */
    EMPTY_GROUP("rules stay in isolation groups"),
    /** The tags on what is isolated. */
    MARK("what is isolated is not tagged, and a release role that goes by the tag gives nothing back"),
    /** Protection against termination. */
    TERMINATION_PROTECTION("the evidence is not protected against termination"),
    /** Taking the instance out of its Auto Scaling group. */
    AUTO_SCALING("Auto Scaling may terminate the evidence"),
    /** Taking the instance out of its target groups. */
    LOAD_BALANCERS("load balancers go on sending it requests"),
    /** Copies of the volumes. */
    VOLUME_SNAPSHOTS("no snapshot is taken"),
    /** Taking the instance profile away. */
    INSTANCE_PROFILE("the instance goes on getting credentials"),
    /** Taking public addresses away. */
    PUBLIC_ADDRESS("public addresses stay"),
    /** Forgetting silent connections sooner. */
    IDLE_TIMEOUTS("silent connections are remembered for days"),
    /** Forgetting tracked connections. */
    TRACKED_CONNECTIONS("connections that are tracked stay open"),
    /** Rules for those who investigate. */
    FORENSIC_ACCESS("those who investigate cannot reach the instance"),
    /** Giving instances back. */
    RELEASE("no instance can be given back as it was"),
    /** Telling people over SNS. */
    NOTIFY_SNS("nobody is told over SNS"),
    /** Telling systems over SQS. */
    NOTIFY_SQS("nothing is sent over SQS");

    private final String without;

    Feature(String without) {
        this.without = without;
    }

    /** What breaks where it is not allowed, as the part of a sentence. */
    public String without() {
        return without;
    }
}
