package io.ec2quarantine.cluster;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * This installation: the id by which it marks what it made in AWS, and the key with which it signs what it must remember
 * there. A release outlives its object as a tag on the instance; whoever may set tags must not be able to forge one.
 */
public final class Installation {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE_BYTES = 16;

    private final String id;
    private final SecretKeySpec key;

    Installation(String id, byte[] key) {
        this.id = id;
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** The install id. */
    public String id() {
        return id;
    }

    /** The tag value that remembers a release, at most 256 characters; whole seconds, rounded up. */
    public String mark(String instanceId, Instant releasedTime) {
        Instant seconds = releasedTime.truncatedTo(ChronoUnit.SECONDS);
        Instant time = seconds.equals(releasedTime) ? seconds : seconds.plusSeconds(1);
        return time + " " + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(instanceId, time));
    }

    /** The time of the release that a tag value remembers; empty when this installation did not write it for this instance. */
    public Optional<Instant> releasedTime(String instanceId, String mark) {
        String[] parts = mark.split(" ", -1);
        if (parts.length != 2) {
            return Optional.empty();
        }
        try {
            Instant time = Instant.parse(parts[0]);
            byte[] signature = Base64.getUrlDecoder().decode(parts[1]);
            return MessageDigest.isEqual(signature, signature(instanceId, time)) ? Optional.of(time) : Optional.empty();
        } catch (DateTimeException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private byte[] signature(String instanceId, Instant time) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] whole = mac.doFinal((instanceId + "|" + time).getBytes(StandardCharsets.UTF_8));
            byte[] part = new byte[SIGNATURE_BYTES];
            System.arraycopy(whole, 0, part, 0, SIGNATURE_BYTES);
            return part;
        } catch (NoSuchAlgorithmException | InvalidKeyException exception) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, exception);
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
