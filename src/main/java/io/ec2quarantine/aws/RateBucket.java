package io.ec2quarantine.aws;

/**
 * The token buckets of one account and Region (EC2 developer guide, "API throttling"). GuardDuty publishes no rates, so
 * its bucket is a cautious guess; topics and queues take far more than theirs.
 */
enum RateBucket {
    EC2_DESCRIBE(100, 20),
    EC2_MODIFY_INTERFACE(100, 5),
    EC2_CHANGE_GROUP(50, 5),
    EC2_MODIFY_INSTANCE(50, 5),
    EC2_TAG(100, 10),
    GUARDDUTY(20, 5),
    MESSAGE(100, 20),
    STS(100, 20);

    private final int capacity;
    private final int refillPerSecond;

    RateBucket(int capacity, int refillPerSecond) {
        this.capacity = capacity;
        this.refillPerSecond = refillPerSecond;
    }

    int capacity() {
        return capacity;
    }

    int refillPerSecond() {
        return refillPerSecond;
    }

    /** What the background leaves to the urgent. */
    int reserve() {
        return capacity / 4;
    }
}
