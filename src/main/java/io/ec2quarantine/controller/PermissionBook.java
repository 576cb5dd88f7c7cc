package io.ec2quarantine.controller;

import io.ec2quarantine.status.Claim;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What was last found out about the rights that each policy needs. */
final class PermissionBook {
    private final boolean tried;
    private final ConcurrentMap<String, Claim> claims = new ConcurrentHashMap<>();

    /** @param tried whether anything is tried at all */
    PermissionBook(boolean tried) {
        this.tried = tried;
    }

    boolean isTried() {
        return tried;
    }

    Optional<Claim> of(String policy) {
        return Optional.ofNullable(claims.get(policy));
    }

    /** Notes it, and says whether it is news. */
    boolean note(String policy, Claim claim) {
        return !claim.equals(claims.put(policy, claim));
    }

    void retain(Collection<String> policies) {
        claims.keySet().retainAll(policies);
    }
}
