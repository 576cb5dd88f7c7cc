package io.ec2quarantine.core.isolation;

/**
 * What a response does about connections that were open before the isolation.
 *
 * @param untrack whether the interfaces are opened for a moment, so that connections are tracked no more
 * @param takeAddressesOff whether public addresses are taken off the interfaces
 * @param shortenTimeouts whether connections that fall silent are forgotten sooner
 */
public record ConnectionWish(boolean untrack, boolean takeAddressesOff, boolean shortenTimeouts) {
    /** Whether anything is done about an interface that is isolated. */
    public boolean cuts() {
        return takeAddressesOff || shortenTimeouts;
    }
}
