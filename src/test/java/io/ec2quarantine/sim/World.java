package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Everything that exists in the simulated AWS. Tests build it and change it behind the operator's back through
 * {@link #account} and {@link AccountWorld#region}; one lock guards it all, so every method may be called at any time.
 */
public final class World {
    /** Who stands behind an access key. */
    record Identity(String account, String principal, Optional<Instant> until) {
        static Identity lasting(String account, String principal) {
            return new Identity(account, principal, Optional.empty());
        }

        boolean isOver(Instant now) {
            return until.filter(end -> !now.isBefore(end)).isPresent();
        }
    }

    /** The clock may be one that tests move, and does not tell. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrivals = lock.newCondition();
    private final InstantSource clock;
    private final Ids ids = new Ids();
    private final Iam iam = new Iam();
    private final Map<String, AccountWorld> accounts = new LinkedHashMap<>();
    private final Map<String, Identity> identities = new HashMap<>();
    private Staleness.Settings staleness = Staleness.Settings.OFF;
    private int pageSize = 1000;
    private URI endpoint = URI.create("http://127.0.0.1");

    /** An empty world on the given clock. */
    public World(InstantSource clock) {
        this.clock = clock;
    }

    /** The time in this world. */
    public Instant now() {
        return clock.instant();
    }

    /** The account with this id of twelve digits, made at the first mention, with an access key of its own. */
    public AccountWorld account(String id) {
        return locked(() -> accounts.computeIfAbsent(id, this::newAccount));
    }

    private AccountWorld newAccount(String id) {
        if (!id.matches("[0-9]{12}")) {
            throw new IllegalArgumentException("'" + id + "' is no account id: expected twelve digits");
        }
        var account = new AccountWorld(this, id);
        identities.put(account.accessKeyId(), Identity.lasting(id, "arn:aws:iam::" + id + ":user/simulated"));
        return account;
    }

    /** How many things an answer has at most, whatever MaxResults says: small numbers make many pages. */
    public World pageSize(int most) {
        return changed(() -> pageSize = most);
    }

    /** After every write, the next calls of each describing action (so many of each) show the world before it. */
    public World staleReads(int reads) {
        return staleness(new Staleness.Settings(reads, Duration.ZERO, Map.of()));
    }

    /**
     * After every write, the next calls of this action show the world before it. A writing action may be named too: it
     * then does not find what the last write made.
     */
    public World staleReads(String action, int reads) {
        return locked(() -> {
            var byAction = new HashMap<>(staleness.readsByAction());
            byAction.put(action, reads);
            return staleness(new Staleness.Settings(staleness.reads(), staleness.time(), Map.copyOf(byAction)));
        });
    }

    /** For so long after every write, reads show the world before it. */
    public World staleFor(Duration time) {
        return staleness(new Staleness.Settings(0, time, Map.of()));
    }

    /** Reads are current again. */
    public World consistent() {
        return staleness(Staleness.Settings.OFF);
    }

    private World staleness(Staleness.Settings settings) {
        return changed(() -> {
            staleness = settings;
            accounts.values()
                    .forEach(account -> account.regions()
                            .forEach(region -> region.staleness().use(settings)));
        });
    }

    Staleness.Settings staleness() {
        return staleness;
    }

    /**
     * Changes a finding wherever it is seen, as GuardDuty does when the activity goes on: the same id, and
     * {@code updatedAt} is now unless the change sets it.
     */
    public World updateFinding(String id, Consumer<ObjectNode> change) {
        return changed(() -> {
            finding(id).update(now(), change);
            regions().forEach(region -> region.announce(id));
        });
    }

    /** The activity was seen once more: count and last seen go up under the same id. */
    public World seenAgain(String findingId) {
        return updateFinding(findingId, finding -> Findings.countUp(finding, now()));
    }

    private Finding finding(String id) {
        return regions()
                .flatMap(region -> region.detector().stream())
                .flatMap(detector -> detector.find(id).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No finding " + id));
    }

    private Stream<RegionWorld> regions() {
        return accounts.values().stream().flatMap(account -> account.regions().stream());
    }

    /**
     * GuardDuty sees the instance talk to an address: if that is on one of the Region's threat lists, a finding appears and
     * its id is returned.
     */
    public Optional<String> detect(RegionWorld region, String instanceId, String remoteIp) {
        return locked(() -> region.detector()
                .flatMap(detector -> detector.listNaming(remoteIp))
                .map(list -> region.finding(FindingTemplate.maliciousIpCallerCustom(instanceId, remoteIp, list))));
    }

    Iam iam() {
        return iam;
    }

    List<AccountWorld> accounts() {
        return List.copyOf(accounts.values());
    }

    Optional<Identity> identity(String accessKeyId) {
        return Optional.ofNullable(identities.get(accessKeyId));
    }

    void identify(String accessKeyId, Identity identity) {
        identities.put(accessKeyId, identity);
    }

    boolean hasAccount(String id) {
        return accounts.containsKey(id);
    }

    Ids ids() {
        return ids;
    }

    /** Where the simulator of this world listens. */
    void servedAt(URI address) {
        changed(() -> endpoint = address);
    }

    URI endpoint() {
        return locked(() -> endpoint);
    }

    /** Whoever waits for something looks again. */
    void tellWaiting() {
        arrivals.signalAll();
    }

    /**
     * Looks until there is something, or the time is over by this world's clock or by the real one. Called with the lock
     * held, which is free while nothing is looked at.
     */
    <T> T waitFor(Duration time, Supplier<T> look, Predicate<T> isNothing) {
        Instant end = now().plus(time);
        long realEnd = System.nanoTime() + time.toNanos();
        T seen = look.get();
        while (isNothing.test(seen) && now().isBefore(end) && System.nanoTime() < realEnd && waited()) {
            seen = look.get();
        }
        return seen;
    }

    @SuppressWarnings("WaitNotInLoop") // It is: whoever waits looks again.
    private boolean waited() {
        try {
            arrivals.await(LOOK_AGAIN.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false; // The simulator closes.
        }
    }

    int pageSize() {
        return pageSize;
    }

    <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            T done = work.get();
            if (lock.getHoldCount() == 1) {
                accounts.values().forEach(AccountWorld::review);
            }
            return done;
        } finally {
            lock.unlock();
        }
    }

    World changed(Runnable change) {
        return locked(() -> {
            change.run();
            return this;
        });
    }
}
