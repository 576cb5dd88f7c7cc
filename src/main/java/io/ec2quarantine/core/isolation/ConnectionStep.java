package io.ec2quarantine.core.isolation;

/** One change that concerns connections which a swap of groups leaves alone; every step can be repeated. */
public sealed interface ConnectionStep {
    String interfaceId();

    /** Takes a public address off an interface. */
    record TakeOff(String interfaceId, PublicIp address) implements ConnectionStep {}

    /** Has connections that fall silent forgotten as soon as AWS allows. */
    record Shorten(String interfaceId) implements ConnectionStep {}

    /** Gives an Elastic IP back to the private address that had it. */
    record GiveAddressBack(String interfaceId, PublicIp address) implements ConnectionStep {}

    /** Gives an interface some automatic address instead of the one that it had. */
    record GiveSomeAddress(String interfaceId, String before) implements ConnectionStep {}

    /** Sets the idle timeouts that an interface had. */
    record SetTimeouts(String interfaceId, TrackingTimeouts timeouts) implements ConnectionStep {}

    /** What was done, in plain words. */
    default String done() {
        return switch (this) {
            case TakeOff(String id, PublicIp address) -> "took " + address.address() + " off " + id;
            case Shorten(String id) -> "shortened the idle timeouts of " + id;
            case GiveAddressBack(String id, PublicIp address) -> "gave " + address.address() + " back to " + id;
            case GiveSomeAddress(String id, String before) ->
                "gave " + id + " another public address, for " + before + " was automatic and is not to be had again";
            case SetTimeouts(String id, TrackingTimeouts timeouts) ->
                "set the idle timeouts of " + id + " to "
                        + timeouts.spelledOut().tcpEstablished().orElse(0) + " s of TCP as before";
        };
    }
}
