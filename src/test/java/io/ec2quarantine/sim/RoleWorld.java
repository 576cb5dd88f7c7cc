package io.ec2quarantine.sim;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A role of an account: who may assume it, with which external id, and for how long. */
public final class RoleWorld {
    private final AccountWorld account;
    private final String name;
    private Set<String> trusted = Set.of();
    private Optional<String> externalId = Optional.empty();
    private Optional<Duration> lifetime = Optional.empty();
    private boolean denied;

    RoleWorld(AccountWorld account, String name) {
        this.account = account;
        this.name = name;
    }

    /** The ARN of the role, without a path. */
    public String arn() {
        return "arn:aws:iam::" + account.id() + ":role/" + name;
    }

    /** Only identities of these accounts may assume it; without any, those of every account. */
    public RoleWorld trusts(String... accounts) {
        return changed(() -> trusted = Set.of(accounts));
    }

    /** It can only be assumed with this external id. */
    public RoleWorld externalId(String wanted) {
        return changed(() -> externalId = Optional.of(wanted));
    }

    /** Its sessions end so long after they began, whatever was asked for. */
    public RoleWorld lasting(Duration time) {
        return changed(() -> lifetime = Optional.of(time));
    }

    /** Nobody may assume it any more; sessions that were handed out live on. */
    public RoleWorld deny() {
        return changed(() -> denied = true);
    }

    /** It may be assumed again. */
    public RoleWorld allow() {
        return changed(() -> denied = false);
    }

    /** Its sessions may do what the documents say and no more; without any, everything. */
    public RoleWorld may(IamDocument... documents) {
        return changed(() -> account.world().iam().give(arn(), List.of(documents)));
    }

    boolean admits(String caller, Optional<String> given) {
        return !denied
                && (trusted.isEmpty() || trusted.contains(caller))
                && externalId
                        .map(wanted -> given.filter(wanted::equals).isPresent())
                        .orElse(true);
    }

    Duration lifetime(Duration asked) {
        return lifetime.orElse(asked);
    }

    private RoleWorld changed(Runnable change) {
        account.world().changed(change);
        return this;
    }
}
