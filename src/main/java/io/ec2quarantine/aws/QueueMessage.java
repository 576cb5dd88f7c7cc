package io.ec2quarantine.aws;

/**
 * A message of a queue, hidden from other readers for a while.
 *
 * @param receipt what deletes it, as long as nobody receives it again
 * @param body whatever somebody sent
 * @param receives how often it was received, this time included
 */
public record QueueMessage(String id, String receipt, String body, int receives) {
    /** Without its body, which anybody may have written. */
    @Override
    public String toString() {
        return "message " + id + ", received " + receives + " times";
    }
}
