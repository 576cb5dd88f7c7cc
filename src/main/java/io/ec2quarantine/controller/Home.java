package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.OwnNode;

/**
 * Where the operator runs, which it must leave before it isolates that.
 *
 * @param elects whether there is a lead to hand over
 * @param handOver ends this process once another replica may lead
 */
public record Home(OwnNode node, boolean elects, Runnable handOver) {
    /** Whether another replica was called to lead instead of this one. */
    boolean isLeft() {
        boolean possible = elects && node.hasReplicaElsewhere();
        if (possible) {
            handOver.run();
        }
        return possible;
    }
}
