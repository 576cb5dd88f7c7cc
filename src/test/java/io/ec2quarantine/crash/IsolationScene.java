package io.ec2quarantine.crash;

import com.fasterxml.jackson.databind.JsonNode;
import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.OperatorWorld;
import io.ec2quarantine.testing.Policies;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An instance whose isolation takes every kind of write: interfaces in two VPCs, one of them with IPv6, where a stranger
 * has the name of the isolation group, and no protection against being terminated from outside or from inside. GuardDuty
 * has found it compromised already.
 *
 * @param number tells scenes in one world apart; they share nothing
 */
record IsolationScene(int number) {
    private static final String ISOLATION_GROUP = "ForensicSecurityGroup";
    private static final String SCALING_GROUP = "web-asg";
    private static final String TARGET_GROUP = "web-targets";
    private static final String TOPIC = "security";
    private static final String QUEUE = "siem";
    static final String PROFILE = "arn:aws:iam::111122223333:instance-profile/web";
    /** Of the simulator, on which the address of a queue is. */
    static final String ENDPOINT = "http://127\\.0\\.0\\.1:[0-9]+";

    private static final Pattern PART = Pattern.compile("(?:i|eni|vpc)-0aaaaaaaaaaaa([0-9a-f]{3})[0-9a-f]");

    /** What must be true in the end, among much else, or an undisturbed run would be no measure for the others. */
    static final List<String> ISOLATED = List.of(
            "group ForensicSecurityGroup of the IPv4 VPC: rules=0 tags={ec2quarantine.io/owner=this installation}",
            "group ForensicSecurityGroup of the IPv6 VPC: rules=2 tags={}",
            "group ForensicSecurityGroup beside a stranger's of the IPv6 VPC: rules=0"
                    + " tags={ec2quarantine.io/owner=this installation}",
            interfaceInIsolationGroup("the primary interface", "the IPv4 VPC", "web database"),
            interfaceInIsolationGroup("the secondary interface", "the IPv6 VPC", "back-office"),
            "instance: terminationProtection=true shutdownBehavior=stop tags={Name=between two networks, "
                    + "ec2quarantine.io/quarantine=this installation/the instance, ec2quarantine.io/state=isolated}",
            "condition: Ready=TRUE Isolated of generation 1",
            "condition: Isolated=TRUE Isolated of generation 1",
            "condition: Verified=TRUE Verified of generation 1",
            "condition: EvidencePreserved=TRUE TerminationProtected of generation 1",
            "timeline: [Opened, BaselineRecorded, Isolated]",
            "events: [Isolated, Opened, Verified]");

    private static String interfaceInIsolationGroup(String id, String vpc, String baseline) {
        return "interface " + id + ": groups=[the isolation group of " + vpc + "] tags={ec2quarantine.io/baseline="
                + baseline + ", ec2quarantine.io/quarantine=this installation/the instance"
                + ", ec2quarantine.io/state=isolated}";
    }

    String instance() {
        return id("i", 0);
    }

    /** The groups of each interface before anything happened. */
    Map<String, List<String>> originalGroups() {
        return Map.of(primary(), List.of(web(), database()), secondary(), List.of(backOffice()));
    }

    void build(RegionWorld region) {
        var ipv4 = region.vpc(ipv4Vpc(), false);
        var ipv6 = region.vpc(ipv6Vpc(), true);
        var web = region.securityGroup(web(), ipv4, "web");
        var database = region.securityGroup(database(), ipv4, "database");
        var backOffice = region.securityGroup(backOffice(), ipv6, "back-office");
        region.securityGroup(ipv6, ISOLATION_GROUP);
        region.instance("between two networks")
                .id(instance())
                .in(ipv4)
                .groups(web, database)
                .firstInterface(first -> first.id(primary()))
                .withInterface(second ->
                        second.id(secondary()).in(ipv6).groups(backOffice).ipv6("2001:db8:1234:1a00::17"))
                .terminatesOnShutdown()
                .launch();
        region.finding(FindingTemplate.maliciousIpCallerCustom(instance(), "198.51.100.17", "Custom-Threat-List")
                .id(finding()));
    }

    /** What serves the instance and hangs on it from now on; the next response takes its profile away as well. */
    void surround(OperatorWorld world) {
        RegionWorld region = world.region();
        String other = region.instance("beside it")
                .in(region.vpcOf(ipv4Vpc()))
                .groups(web())
                .launch()
                .id();
        String targets = region.loadBalancing().targetGroup(TARGET_GROUP, region.vpcOf(ipv4Vpc()));
        region.scaling().group(SCALING_GROUP, 5, List.of(instance(), other), targets);
        region.loadBalancing().register(targets, instance(), 8080);
        region.addVolume(instance(), "/dev/xvda").addVolume(instance(), "/dev/sdf");
        region.giveProfile(instance(), PROFILE);
        world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\": {\"response\": {\"preserve\": {\"instanceProfile\": \"Disassociate\"}}}}");
    }

    /** Whether anything serves it or hangs on it, and how; of the other instance only what is the same for both. */
    static Optional<String> surroundings(RegionWorld region, String instance) {
        return region.scaling()
                .find(SCALING_GROUP)
                .map(group -> "surroundings: "
                        + region.scaling()
                                .stateOf(instance)
                                .map(state -> state + " in")
                                .orElse("out of")
                        + " the Auto Scaling group, which wants " + group.desired() + " and has "
                        + group.members().size() + "; profile "
                        + region.profileOf(instance).orElse("none") + "; targets "
                        + region.loadBalancing().targetsOf(group.targetGroups().getFirst()).stream()
                                .filter(target -> target.startsWith(instance))
                                .toList()
                        + "; " + region.snapshots().size() + " snapshots");
    }

    /** The next response has a topic and a queue told of its isolation and of its release. */
    static void tellOfIt(OperatorWorld world) {
        RegionWorld region = world.region();
        world.client()
                .resources(IsolationPolicy.class)
                .withName("malicious-ip-callers")
                .patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec": {"response": {"notifications": [
                          {"name": "mail", "snsTopicARN": "%s", "events": ["Isolated", "Released"]},
                          {"name": "siem", "sqsQueueURL": "%s", "events": ["Isolated", "Released"]}]}}}
                        """.formatted(
                                region.topic(TOPIC).arn(), region.queue(QUEUE).url()));
    }

    /** What was told, each transition once however often it was sent: by its id. */
    static List<String> told(RegionWorld region) {
        Stream<Told> mails = region.topic(TOPIC).mails().stream()
                .map(mail -> new Told(
                        "mail",
                        mail.attributes().getOrDefault("event", "?"),
                        mail.attributes().getOrDefault("eventID", "?")));
        Stream<Told> messages = region.queue(QUEUE).sent().stream()
                .map(message -> Serialization.unmarshal(message, JsonNode.class))
                .map(event -> new Told(
                        "siem",
                        event.path("type").asText().replaceFirst(".*\\.", ""),
                        event.path("id").asText()));
        return Stream.concat(mails, messages)
                .distinct()
                .map(each -> each.event() + " to " + each.channel())
                .toList();
    }

    private record Told(String channel, String event, String id) {}

    /** One more instance, found compromised as well, with one interface in the IPv4 VPC. */
    void buildNeighbour(RegionWorld region, int which) {
        region.instance("neighbour " + which)
                .id(neighbour(which))
                .in(region.vpcOf(ipv4Vpc()))
                .groups(web())
                .firstInterface(first -> first.id(neighboursInterface(which)))
                .launch();
        region.finding(FindingTemplate.maliciousIpCallerCustom(neighbour(which), "198.51.100.17", "Custom-Threat-List")
                .id("0123456789abcdef0123456789%02x%03x".formatted(which, number)));
    }

    String neighbour(int which) {
        return id("i", which);
    }

    String neighboursInterface(int which) {
        return id("eni", 8 + which);
    }

    /** A world with this scene and the policy in it, and no operator yet. */
    OperatorWorld world() {
        OperatorWorld world = new OperatorWorld();
        build(world.region());
        world.cluster().create(policy());
        return world;
    }

    /** What is to be seen of the instance in such a world. */
    FinalState state(OperatorWorld world) {
        return FinalState.of(world.client(), world.region(), this);
    }

    /** The policy that has the instance isolated. */
    static String policy() {
        return Policies.workshop();
    }

    /** The groups of the scene's VPCs. */
    Stream<Group> groups(RegionWorld region) {
        return region.groups().stream()
                .filter(group -> group.vpc().equals(ipv4Vpc()) || group.vpc().equals(ipv6Vpc()));
    }

    /** Whether what is written names a part of another scene. */
    boolean isForeign(String target) {
        Matcher part = PART.matcher(target);
        return part.find() && Integer.parseInt(part.group(1), 16) != number;
    }

    /** What is written, as it would read in any other scene and run. */
    String anywhere(String target) {
        return target.replace("0aaaaaaaaaaaa%03x".formatted(number), "0aaaaaaaaaaaa---")
                .replaceAll(ISOLATION_GROUP + "-[0-9a-f]{8}", ISOLATION_GROUP + " beside a stranger's")
                .replaceAll("sg-[0-9a-f]{17}", "an isolation group")
                .replaceAll(ENDPOINT, "https://sqs");
    }

    /** What differs from scene to scene and from run to run, by what it stands for. */
    Map<String, String> aliases(RegionWorld region) {
        Map<String, String> aliases = new TreeMap<>(Map.of(
                instance(), "the instance",
                primary(), "the primary interface",
                secondary(), "the secondary interface",
                finding(), "the finding",
                ipv4Vpc(), "the IPv4 VPC",
                ipv6Vpc(), "the IPv6 VPC",
                web(), "web",
                database(), "database",
                backOffice(), "back-office"));
        groups(region)
                .forEach(group -> Optional.ofNullable(region.tagsOf(group.id()).get(Marks.OWNER))
                        .ifPresent(owner -> {
                            aliases.put(group.id(), "the isolation group of " + group.vpc());
                            aliases.put(owner, "this installation");
                            aliases.put(
                                    ISOLATION_GROUP + "-" + owner.substring(0, 8),
                                    ISOLATION_GROUP + " beside a stranger's");
                        }));
        return aliases;
    }

    /** An interface that somebody attaches later. */
    String late() {
        return id("eni", 3);
    }

    /** A finding of later activity. */
    String laterFinding() {
        return "1123456789abcdef0123456789abc%03x".formatted(number);
    }

    String primary() {
        return id("eni", 1);
    }

    String secondary() {
        return id("eni", 2);
    }

    String web() {
        return id("sg", 1);
    }

    String database() {
        return id("sg", 2);
    }

    String backOffice() {
        return id("sg", 3);
    }

    String ipv4Vpc() {
        return id("vpc", 4);
    }

    String ipv6Vpc() {
        return id("vpc", 6);
    }

    String finding() {
        return "0123456789abcdef0123456789abc%03x".formatted(number);
    }

    private String id(String kind, int part) {
        return "%s-0aaaaaaaaaaaa%03x%x".formatted(kind, number, part);
    }
}
