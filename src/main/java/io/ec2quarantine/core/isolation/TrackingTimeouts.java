package io.ec2quarantine.core.isolation;

import java.util.Optional;

/**
 * How many seconds a tracked connection may be silent before it is forgotten; absent where AWS's defaults hold.
 *
 * @param tcpEstablished of TCP connections
 * @param udpStream of UDP flows with more than one request and response
 * @param udp of all others over UDP
 */
public record TrackingTimeouts(Optional<Integer> tcpEstablished, Optional<Integer> udpStream, Optional<Integer> udp) {
    /** Nothing was set. */
    public static final TrackingTimeouts UNSET =
            new TrackingTimeouts(Optional.empty(), Optional.empty(), Optional.empty());

    /** As short as AWS allows (EC2 API reference, "ConnectionTrackingSpecificationRequest"). */
    public static final TrackingTimeouts SHORTEST =
            new TrackingTimeouts(Optional.of(60), Optional.of(60), Optional.of(30));

    private static final int TCP_DEFAULT = 432_000;
    private static final int STREAM_DEFAULT = 180;
    private static final int UDP_DEFAULT = 30;

    /** The same with AWS's defaults spelled out, for what was set once cannot be unset. */
    public TrackingTimeouts spelledOut() {
        return new TrackingTimeouts(
                tcpEstablished.or(() -> Optional.of(TCP_DEFAULT)),
                udpStream.or(() -> Optional.of(STREAM_DEFAULT)),
                udp.or(() -> Optional.of(UDP_DEFAULT)));
    }
}
