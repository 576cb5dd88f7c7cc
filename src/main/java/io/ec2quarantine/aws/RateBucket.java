package io.ec2quarantine.aws;

/**
 * The token buckets of one account and Region (EC2 developer guide, "API throttling"). GuardDuty, Auto Scaling and Elastic
 * Load Balancing publish no rates, so their buckets are cautious guesses; what a queue makes us ask GuardDuty for is counted
 * apart, or a flood of messages would use up what the polls need. Topics and queues take far more than theirs.
 */
enum RateBucket {
    EC2_DESCRIBE(100, 20),
    EC2_MODIFY_INTERFACE(100, 5),
    EC2_CHANGE_GROUP(50, 5),
    EC2_MODIFY_INSTANCE(50, 5),
    EC2_CHANGE_ADDRESS(50, 5),
    EC2_TAG(100, 10),
    EC2_SNAPSHOT(100, 5),
    EC2_PROFILE(100, 5),
    AUTO_SCALING(40, 5),
    LOAD_BALANCING(100, 10),
    GUARDDUTY(20, 5),
    GUARDDUTY_HINTED(10, 2),
    SQS(100, 50),
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
