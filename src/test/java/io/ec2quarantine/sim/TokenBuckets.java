package io.ec2quarantine.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** EC2's request limits: a bucket of tokens for each account, Region and action, refilled by the world's clock. */
final class TokenBuckets {
    private record Limit(int size, int perSecond) {}

    private record Key(String account, String region, String bucket) {}

    private record Level(double tokens, Instant at) {}

    private static final Limit PAGED_READ = new Limit(100, 20);
    private static final Limit WHOLE_READ = new Limit(50, 10);
    private static final Limit OTHER_WRITE = new Limit(50, 5);
    private static final Map<String, Limit> WRITES = Map.of(
            "ModifyNetworkInterfaceAttribute", new Limit(100, 5),
            "CreateTags", new Limit(100, 10));
    private static final Set<String> LIMITED_WHOLE_READS =
            Set.of("DescribeInstances", "DescribeNetworkInterfaces", "DescribeSecurityGroups");

    private final Map<Key, Level> levels = new HashMap<>();
    private boolean on;

    void use(boolean limits) {
        on = limits;
        levels.clear();
    }

    /** Takes a token for the call, if there is one. */
    boolean admits(Request request, Instant now) {
        if (!on || !request.service().equals("ec2")) {
            return true;
        }
        boolean whole = wholeRead(request);
        var limit = whole ? WHOLE_READ : limitOf(request.action());
        var key = new Key(request.account(), request.region(), request.action() + (whole ? " of all" : ""));
        var level = levels.getOrDefault(key, new Level(limit.size(), now));
        var seconds = Math.max(0, Duration.between(level.at(), now).toMillis()) / 1000.0;
        var tokens = Math.min(limit.size(), level.tokens() + seconds * limit.perSecond());
        boolean admitted = tokens >= 1;
        levels.put(key, new Level(admitted ? tokens - 1 : tokens, now));
        return admitted;
    }

    private static Limit limitOf(String action) {
        return action.startsWith("Describe") ? PAGED_READ : WRITES.getOrDefault(action, OTHER_WRITE);
    }

    private static boolean wholeRead(Request request) {
        return LIMITED_WHOLE_READS.contains(request.action())
                && request.params().optional("MaxResults").isEmpty()
                && !request.params().has("Filter");
    }
}
