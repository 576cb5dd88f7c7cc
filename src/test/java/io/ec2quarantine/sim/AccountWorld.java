package io.ec2quarantine.sim;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** One AWS account: its credentials, roles and Regions. */
public final class AccountWorld {
    private static final List<String> REGIONS = List.of(
            "ap-northeast-1",
            "ap-southeast-2",
            "eu-central-1",
            "eu-west-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2");

    private final World world;
    private final String id;
    private final Map<String, RegionWorld> regions = new LinkedHashMap<>();
    private final Map<String, RoleWorld> roles = new HashMap<>();
    private final Set<String> disabled = new HashSet<>();
    private Optional<AccountWorld> administrator = Optional.empty();
    private String organisation = "o-simulated";
    private List<IamDocument> controls = List.of();

    AccountWorld(World world, String id) {
        this.world = world;
        this.id = id;
    }

    /** The twelve digits. */
    public String id() {
        return id;
    }

    /** The access key id that stands for this account; any secret goes with it, signatures are not checked. */
    public String accessKeyId() {
        return "AKIATEST" + id;
    }

    /** A secret to give to clients. */
    public String secretAccessKey() {
        return "simulated-secret-of-" + id;
    }

    /** One more access key of this account, of the given user. */
    public AccountWorld accessKey(String accessKeyId, String user) {
        world.changed(
                () -> world.identify(accessKeyId, World.Identity.lasting(id, "arn:aws:iam::" + id + ":user/" + user)));
        return this;
    }

    /** The Region with this name, made at the first mention with an enabled GuardDuty detector. */
    public RegionWorld region(String name) {
        return world.locked(() -> regions.computeIfAbsent(name, ignored -> new RegionWorld(this, name)));
    }

    /** The role with this name, made at the first mention; from then on no other role of the account can be assumed. */
    public RoleWorld role(String roleName) {
        return world.locked(() -> roles.computeIfAbsent(roleName, ignored -> new RoleWorld(this, roleName)));
    }

    /** The Region can be used, and DescribeRegions names it: what a Region that AWS opens anew is at first. */
    public AccountWorld enable(String regionName) {
        world.changed(() -> {
            disabled.remove(regionName);
            region(regionName);
        });
        return this;
    }

    /** The account has not opted in to the Region. */
    public AccountWorld disable(String regionName) {
        world.changed(() -> disabled.add(regionName));
        return this;
    }

    /** The other account becomes GuardDuty's administrator of this one and sees its findings. */
    public AccountWorld administeredBy(AccountWorld other) {
        world.changed(() -> administrator = Optional.of(other));
        return this;
    }

    /** The user, {@code simulated} for the key that every account has, may do what the documents say and no more. */
    public AccountWorld userMay(String user, IamDocument... documents) {
        world.changed(() -> world.iam().give("arn:aws:iam::" + id + ":user/" + user, List.of(documents)));
        return this;
    }

    /** The service control policies that hold in the account from now on, beside the one that allows everything. */
    public AccountWorld controlledBy(IamDocument... documents) {
        world.changed(() -> controls = List.of(documents));
        return this;
    }

    /** The account leaves the organisation that all accounts are in at first, for another. */
    public AccountWorld inOrganisation(String organisationId) {
        world.changed(() -> organisation = organisationId);
        return this;
    }

    String organisation() {
        return organisation;
    }

    List<IamDocument> controls() {
        return controls;
    }

    Optional<AccountWorld> administrator() {
        return administrator;
    }

    /** Whether an identity of the caller's account may assume the role; any, in an account of which no role is known. */
    boolean admits(String roleName, String caller, Optional<String> externalId) {
        return roles.isEmpty()
                || Optional.ofNullable(roles.get(roleName))
                        .filter(role -> role.admits(caller, externalId))
                        .isPresent();
    }

    Duration sessionTime(String roleName, Duration asked) {
        return Optional.ofNullable(roles.get(roleName))
                .map(role -> role.lifetime(asked))
                .orElse(asked);
    }

    boolean isEnabled(String regionName) {
        return !disabled.contains(regionName);
    }

    /** The Regions that there are for this account, those that it has not opted in to included. */
    public List<String> regionNames() {
        var names = new TreeSet<>(REGIONS);
        names.addAll(regions.keySet());
        return List.copyOf(names);
    }

    void review() {
        regions.values().forEach(RegionWorld::review);
    }

    List<RegionWorld> regions() {
        return List.copyOf(regions.values());
    }

    World world() {
        return world;
    }
}
