package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.Model.Rule;
import io.ec2quarantine.sim.Model.State;
import io.ec2quarantine.sim.Model.Subnet;
import io.ec2quarantine.sim.Model.Vpc;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One account in one Region, to be built, changed and looked at by tests. Nothing done here passes the wire, is logged as
 * a call, throttled or stale: it is what the world does by itself, or what somebody else does.
 */
public final class RegionWorld {
    static final String IPV6_RANGE = "2001:db8:1234:1a00::/56";

    private final AccountWorld account;
    private final String name;
    private final Staleness staleness = new Staleness();
    private final ScalingWorld scaling = new ScalingWorld(this);
    private final LoadBalancingWorld loadBalancing = new LoadBalancingWorld(this);
    private Ec2State ec2 = new Ec2State();
    private Optional<Detector> detector;
    private final Flows flows = new Flows(this);
    private int groupsPerInterface = 5;
    private int privateIps;
    private final Map<String, Topic> topics = new HashMap<>();
    private final Map<String, Queue> queues = new HashMap<>();
    private final List<EventRule> rules = new ArrayList<>();
    private final Set<String> withheld = ConcurrentHashMap.newKeySet();
    private int publicIps;

    RegionWorld(AccountWorld account, String name) {
        this.account = account;
        this.name = name;
        this.staleness.use(account.world().staleness());
        this.detector = Optional.of(
                new Detector(account.world().ids().next32(), account.world().now()));
    }

    /** The name, such as {@code us-west-2}. */
    public String name() {
        return name;
    }

    /** The account that this belongs to. */
    public AccountWorld account() {
        return account;
    }

    World world() {
        return account.world();
    }

    /** The Auto Scaling groups. */
    public ScalingWorld scaling() {
        return scaling;
    }

    /** The target groups. */
    public LoadBalancingWorld loadBalancing() {
        return loadBalancing;
    }

    // Building.

    /** A new VPC with one subnet and its default group. */
    public Vpc vpc() {
        return locked(() -> vpc(world().ids().next("vpc"), false));
    }

    /** A new VPC with one subnet and its default group; with IPv6, new groups in it get a second default rule. */
    public Vpc vpc(String id, boolean ipv6) {
        return newVpc(id, account.id(), ipv6, false);
    }

    /** The VPC for calls that name none. */
    public Vpc defaultVpc() {
        return locked(() -> newVpc(world().ids().next("vpc"), account.id(), false, true));
    }

    /** A VPC that another account owns and shares with this one. */
    public Vpc sharedVpc(String id, AccountWorld owner) {
        return newVpc(id, owner.id(), false, false);
    }

    private Vpc newVpc(String id, String owner, boolean ipv6, boolean isDefault) {
        return locked(() -> {
            var vpc = new Vpc(Ids.checked("vpc", id), owner, "10.0.0.0/8", ipv6, isDefault);
            ec2.vpcs.put(id, vpc);
            var subnet = new Subnet(world().ids().next("subnet"), id, "10.0.0.0/16", name + "a");
            ec2.subnets.put(subnet.id(), subnet);
            Ec2Groups.newGroup(this, world().ids().next("sg"), "default", "default VPC security group", vpc);
            return vpc;
        });
    }

    /** A new security group, with the default egress rules. */
    public Group securityGroup(Vpc vpc, String groupName) {
        return locked(() -> securityGroup(world().ids().next("sg"), vpc, groupName));
    }

    /** A new security group with an id of the test's choice, with the default egress rules. */
    public Group securityGroup(String id, Vpc vpc, String groupName) {
        return locked(() -> Ec2Groups.newGroup(this, Ids.checked("sg", id), groupName, groupName, vpc));
    }

    /** A new security group with the name and the description of another, and with the default egress rules. */
    public Group securityGroupLike(Group other, Vpc vpc) {
        return locked(() -> Ec2Groups.newGroup(this, world().ids().next("sg"), other.name(), other.description(), vpc));
    }

    /** Begins an instance with this Name tag; {@link InstanceBuilder#launch} finishes it. */
    public InstanceBuilder instance(String nameTag) {
        return new InstanceBuilder(this, nameTag);
    }

    /** Attaches one more interface to an instance, as somebody else would, and returns it. */
    public Interface attach(String instanceId, Consumer<InterfaceBuilder> details) {
        return locked(() -> {
            var instance = instanceOf(instanceId);
            var builder =
                    new InterfaceBuilder(this).like(ec2.primaryOf(instance)).nextTo(ec2.interfacesOf(instance));
            details.accept(builder);
            return interfaceOf(builder.attachTo(instance).id());
        });
    }

    /** An interface that is attached to no instance, such as a load balancer's or a pod's. */
    public Interface looseInterface(Consumer<InterfaceBuilder> details) {
        return locked(() -> {
            var builder = new InterfaceBuilder(this);
            details.accept(builder);
            return builder.make();
        });
    }

    /** Gives an instance's first interface an Elastic IP. */
    public String elasticAddress(String instanceId, String publicIp) {
        return locked(() -> {
            var primary = ec2.primaryOf(instanceOf(instanceId)).orElseThrow();
            var address = Ec2Addresses.allocate(this, publicIp);
            Ec2Addresses.associate(this, address, primary.id());
            return address.allocation();
        });
    }

    /** Somebody gives an Elastic IP to another instance. */
    public RegionWorld moveAddress(String allocation, String instanceId) {
        return changed(() -> Ec2Addresses.associate(
                this,
                ec2.addresses.find(allocation).orElseThrow(),
                ec2.primaryOf(instanceOf(instanceId)).orElseThrow().id()));
    }

    /** An instance has a connection with traffic to somebody outside its interface, which its groups must allow now. */
    public Flows.Flow connect(String interfaceId, Flows.Path path) {
        return locked(() -> flows.open(interfaceId, path));
    }

    /** Whether a connection lives on. */
    public boolean isAlive(Flows.Flow flow) {
        return locked(() -> flows.isAlive(flow));
    }

    /** Whether security groups track a connection, so that no change of groups ends it. */
    public boolean isTracked(Flows.Flow flow) {
        return locked(() -> flows.isTracked(flow));
    }

    void review() {
        flows.review();
    }

    /** A custom threat list of GuardDuty with these addresses. */
    public String threatList(String listName, String... addresses) {
        return locked(() -> requireDetector().threatList(world().ids().next32(), listName, List.of(addresses)));
    }

    /** A new finding about an instance of this Region, seen by this account's detector and by its administrator's. */
    public String finding(FindingTemplate template) {
        return locked(() -> {
            var own = requireDetector();
            if (!own.enabled()) {
                throw new IllegalStateException("The detector of " + name + " is suspended: it makes no new findings");
            }
            var id = template.id().orElseGet(() -> world().ids().next32());
            addFinding(new Finding(Findings.render(template, this, id, own.id())));
            return id;
        });
    }

    void addFinding(Finding finding) {
        keep(finding);
        account.administrator().map(other -> other.region(name)).ifPresent(other -> other.keep(finding));
    }

    private void keep(Finding finding) {
        detector.ifPresent(own -> {
            own.add(finding);
            announce(finding.id());
        });
    }

    /** The topic with this name, made at the first mention. */
    public Topic topic(String topicName) {
        return locked(() -> topics.computeIfAbsent(topicName, ignored -> new Topic(this, topicName)));
    }

    Optional<Topic> topicNamed(String topicName) {
        return Optional.ofNullable(topics.get(topicName));
    }

    /** The queue with this name, made at the first mention. */
    public Queue queue(String queueName) {
        return locked(() -> queues.computeIfAbsent(queueName, ignored -> new Queue(this, queueName)));
    }

    Optional<Queue> queueNamed(String queueName) {
        return Optional.ofNullable(queues.get(queueName));
    }

    /** From now on EventBridge sends every finding that this Region's detector makes or changes to the queue. */
    public RegionWorld sendFindingsTo(Queue queue) {
        return changed(() -> rules.add(new EventRule(this, queue)));
    }

    void announce(String findingId) {
        detector.flatMap(own -> own.find(findingId)).ifPresent(found -> rules.forEach(rule -> rule.send(found)));
    }

    /** Lists a finding as ever, and does not show it until it is shown again. */
    public RegionWorld withhold(String findingId) {
        withheld.add(findingId);
        return this;
    }

    /** Shows a finding that was withheld. */
    public RegionWorld show(String findingId) {
        withheld.remove(findingId);
        return this;
    }

    boolean isWithheld(String findingId) {
        return withheld.contains(findingId);
    }

    /** This Region has no GuardDuty. */
    public RegionWorld withoutDetector() {
        return changed(() -> detector = Optional.empty());
    }

    /** GuardDuty is enabled in this Region, with a new detector. */
    public RegionWorld enableDetector() {
        return changed(() -> detector = Optional.of(new Detector(world().ids().next32(), world().now())));
    }

    /** GuardDuty is suspended: old findings stay, new ones do not come. */
    public RegionWorld suspendDetector() {
        return changed(() -> requireDetector().enable(false));
    }

    /** GuardDuty works again. */
    public RegionWorld resumeDetector() {
        return changed(() -> requireDetector().enable(true));
    }

    /** The quota of groups on an interface, 5 by default. */
    public RegionWorld groupsPerInterface(int most) {
        return changed(() -> groupsPerInterface = most);
    }

    // What somebody else does.

    /** Somebody changes an interface's groups. */
    public RegionWorld setGroups(String interfaceId, String... groups) {
        return changed(
                () -> ec2.interfaces.put(interfaceId, interfaceOf(interfaceId).withGroups(List.of(groups))));
    }

    /** Somebody adds a rule to a group. */
    public Rule addRule(String groupId, Permission permission) {
        return locked(() -> {
            var rule = Ec2Groups.rule(this, permission, Optional.empty());
            var rules = new ArrayList<>(groupOf(groupId).rules());
            rules.add(rule);
            ec2.groups.put(groupId, groupOf(groupId).withRules(rules));
            return rule;
        });
    }

    /** Somebody removes all rules of a group. */
    public RegionWorld removeRules(String groupId) {
        return changed(() -> ec2.groups.put(groupId, groupOf(groupId).withRules(List.of())));
    }

    /** Somebody deletes a group; interfaces that have it keep naming it, which AWS would refuse. */
    public RegionWorld deleteGroup(String groupId) {
        return changed(() -> ec2.groups.remove(groupId));
    }

    /** Somebody detaches an interface and deletes it. */
    public RegionWorld removeInterface(String interfaceId) {
        return changed(() -> {
            Ec2Interfaces.detach(ec2, interfaceOf(interfaceId));
            ec2.removeInterface(interfaceId);
        });
    }

    /** Somebody detaches an interface and attaches it to another instance. */
    public RegionWorld moveInterface(String interfaceId, String instanceId) {
        return changed(() -> {
            Ec2Interfaces.detach(ec2, interfaceOf(interfaceId));
            Ec2Interfaces.attach(this, instanceOf(instanceId), interfaceOf(interfaceId), 0, 7, false);
        });
    }

    /** The interface stays in use, but describes no longer show its attachment. */
    public RegionWorld hideAttachment(String interfaceId) {
        return changed(() -> {
            var one = interfaceOf(interfaceId);
            ec2.interfaces.put(interfaceId, one.withAttachment(one.attachment(), false));
        });
    }

    /** Somebody terminates an instance, protection or not. */
    public RegionWorld terminate(String instanceId) {
        return changed(() -> ec2.terminate(instanceOf(instanceId), world().now()));
    }

    /** EC2 shows an instance no more, while it still shows its interfaces with it. */
    public RegionWorld forget(String instanceId) {
        return changed(
                () -> ec2.instances.put(instanceId, instanceOf(instanceId).ended(Instant.EPOCH)));
    }

    /** Somebody attaches a volume to an instance. */
    public RegionWorld addVolume(String instanceId, String device) {
        return changed(() -> {
            var volume = new Model.Volume(world().ids().next("vol"), instanceId, device);
            ec2.volumes.put(volume.id(), volume);
        });
    }

    /** Somebody gives an instance an instance profile. */
    public RegionWorld giveProfile(String instanceId, String arn) {
        return changed(() -> {
            var association = new Model.ProfileAssociation(world().ids().next("iip-assoc"), instanceId, arn);
            ec2.profiles.put(association.id(), association);
        });
    }

    /** Somebody stops an instance. */
    public RegionWorld stop(String instanceId) {
        return changed(
                () -> ec2.instances.put(instanceId, instanceOf(instanceId).withState(State.STOPPED)));
    }

    /** Somebody sets a tag on a resource. */
    public RegionWorld tag(String resourceId, String key, String value) {
        return changed(() -> {
            var tags = new HashMap<>(ec2.tagsOf(resourceId));
            tags.put(key, value);
            ec2.setTags(resourceId, tags);
        });
    }

    /** Somebody removes a tag from a resource. */
    public RegionWorld untag(String resourceId, String key) {
        return changed(() -> {
            var tags = new HashMap<>(ec2.tagsOf(resourceId));
            tags.remove(key);
            ec2.setTags(resourceId, tags);
        });
    }

    // Looking.

    /** The instance as it is now. */
    public Instance instanceOf(String id) {
        return locked(() -> ec2.instances.find(id).orElseThrow(() -> missing("instance", id)));
    }

    /** The interface as it is now. */
    public Interface interfaceOf(String id) {
        return locked(() -> ec2.interfaces.find(id).orElseThrow(() -> missing("network interface", id)));
    }

    /** The group as it is now. */
    public Group groupOf(String id) {
        return locked(() -> ec2.groups.find(id).orElseThrow(() -> missing("security group", id)));
    }

    /** The VPC with this id. */
    public Vpc vpcOf(String id) {
        return locked(() -> ec2.vpcs.find(id).orElseThrow(() -> missing("VPC", id)));
    }

    /** The interfaces of an instance, the first one first. */
    public List<Interface> interfacesOf(String instanceId) {
        return locked(() -> ec2.interfacesOf(instanceOf(instanceId)));
    }

    /** The snapshots that carry a mark, by id. */
    public List<String> snapshotsMarked(String key, String value) {
        return locked(() -> ec2.snapshots
                .values()
                .map(Model.Snapshot::id)
                .filter(id -> value.equals(ec2.tagsOf(id).get(key)))
                .toList());
    }

    /** All snapshots. */
    public List<Model.Snapshot> snapshots() {
        return locked(() -> ec2.snapshots.values().toList());
    }

    /** Somebody takes the instance profile of an instance away. */
    public void takeProfileAway(String instanceId) {
        locked(() -> {
            ec2.profileOf(instanceId).ifPresent(each -> ec2.profiles.remove(each.id()));
            return this;
        });
    }

    /** The ARN of the instance profile of an instance. */
    public Optional<String> profileOf(String instanceId) {
        return locked(() -> ec2.profileOf(instanceId).map(Model.ProfileAssociation::arn));
    }

    /** The groups of every interface of an instance, by interface id. */
    public Map<String, List<String>> groupsOf(String instanceId) {
        return locked(() -> {
            var groups = new java.util.LinkedHashMap<String, List<String>>();
            interfacesOf(instanceId).forEach(one -> groups.put(one.id(), one.groups()));
            return groups;
        });
    }

    /** The group of this name in a VPC, whatever its case. */
    public Optional<Group> groupNamed(Vpc vpc, String groupName) {
        return locked(() -> ec2.groups
                .values()
                .filter(group -> group.vpc().equals(vpc.id()) && group.name().equalsIgnoreCase(groupName))
                .findFirst());
    }

    /** All groups. */
    public List<Group> groups() {
        return locked(() -> ec2.groups.values().toList());
    }

    /** The ids of all instances, ended ones included. */
    public List<String> instanceIds() {
        return locked(() -> List.copyOf(ec2.instances.ids()));
    }

    /** The tags of a resource. */
    public Map<String, String> tagsOf(String id) {
        return locked(() -> ec2.tagsOf(id));
    }

    /** The public address of an instance's first interface. */
    public Optional<String> publicIpOf(String instanceId) {
        return locked(() -> ec2.primaryOf(instanceOf(instanceId)).flatMap(ec2::publicIpOf));
    }

    /** The active threat list that names an address. */
    public Optional<String> threatListNaming(String address) {
        return locked(() -> detector.flatMap(own -> own.listNaming(address)));
    }

    /** The finding as GuardDuty shows it now. */
    public JsonNode findingOf(String id) {
        return locked(() -> detector.flatMap(own -> own.find(id))
                .map(finding -> finding.json().<JsonNode>deepCopy())
                .orElseThrow(() -> missing("finding", id)));
    }

    /** The GuardDuty detector, where there is one. */
    public Optional<Detector> detector() {
        return locked(() -> detector);
    }

    /** The id of the GuardDuty detector. */
    public String detectorId() {
        return locked(() -> requireDetector().id());
    }

    private Detector requireDetector() {
        return detector.orElseThrow(() -> new IllegalStateException(name + " has no detector"));
    }

    private static NoSuchElementException missing(String what, String id) {
        return new NoSuchElementException("No " + what + " " + id + " in the simulated world");
    }

    // For the simulator itself.

    Ec2State ec2() {
        return ec2;
    }

    void restore(Ec2State before) {
        ec2 = before;
    }

    Staleness staleness() {
        return staleness;
    }

    int groupsPerInterface() {
        return groupsPerInterface;
    }

    String defaultGroupOf(String vpc) {
        return ec2.groups
                .values()
                .filter(group -> group.vpc().equals(vpc) && group.name().equals("default"))
                .map(Group::id)
                .findFirst()
                .orElseThrow();
    }

    Optional<Subnet> defaultSubnet() {
        return ec2.vpcs.values().filter(Vpc::isDefault).findFirst().flatMap(vpc -> subnetOf(vpc.id()));
    }

    Optional<Subnet> subnetOf(String vpc) {
        return ec2.subnets.values().filter(subnet -> subnet.vpc().equals(vpc)).findFirst();
    }

    String nextPrivateIp() {
        int number = 10 + privateIps++;
        return "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255);
    }

    String nextPublicIp() {
        // Out of the range that is set aside for benchmarks: nobody's address.
        int number = 1 + publicIps++;
        return "198.18." + (number >> 8 & 255) + "." + (number & 255);
    }

    <T> T locked(Supplier<T> work) {
        return world().locked(work);
    }

    private RegionWorld changed(Runnable change) {
        world().changed(change);
        return this;
    }
}
