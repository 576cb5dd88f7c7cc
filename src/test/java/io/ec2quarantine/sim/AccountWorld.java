package io.ec2quarantine.sim;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Map<String, String> externalIds = new HashMap<>();
    private Optional<AccountWorld> administrator = Optional.empty();

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
                () -> world.identify(accessKeyId, new World.Identity(id, "arn:aws:iam::" + id + ":user/" + user)));
        return this;
    }

    /** The Region with this name, made at the first mention with an enabled GuardDuty detector. */
    public RegionWorld region(String name) {
        return world.locked(() -> regions.computeIfAbsent(name, ignored -> new RegionWorld(this, name)));
    }

    /** From now on the role can only be assumed with this external id. */
    public AccountWorld roleWithExternalId(String roleName, String externalId) {
        world.changed(() -> externalIds.put(roleName, externalId));
        return this;
    }

    /** The other account becomes GuardDuty's administrator of this one and sees its findings. */
    public AccountWorld administeredBy(AccountWorld other) {
        world.changed(() -> administrator = Optional.of(other));
        return this;
    }

    Optional<AccountWorld> administrator() {
        return administrator;
    }

    Optional<String> externalIdOf(String roleName) {
        return Optional.ofNullable(externalIds.get(roleName));
    }

    List<String> regionNames() {
        var names = new TreeSet<>(REGIONS);
        names.addAll(regions.keySet());
        return List.copyOf(names);
    }

    List<RegionWorld> regions() {
        return List.copyOf(regions.values());
    }

    World world() {
        return world;
    }
}
