package io.ec2quarantine.sim;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The resources of EC2 as the simulator keeps them: immutable, so that an old view of the world costs a shallow copy. */
public final class Model {
    private Model() {}

    /** A VPC; {@code owner} is another account when it is shared with this one. */
    public record Vpc(String id, String owner, String cidr, boolean ipv6, boolean isDefault) {}

    /** A subnet. */
    public record Subnet(String id, String vpc, String cidr, String availabilityZone) {}

    /** What a rule names as the other side. */
    public enum PeerKind {
        /** An IPv4 range. */
        IPV4,
        /** An IPv6 range. */
        IPV6,
        /** A managed prefix list. */
        PREFIX_LIST,
        /** Another group, or the same. */
        GROUP
    }

    /** The other side of a rule. */
    public record Peer(PeerKind kind, String value) {}

    /** The ports and the other side: what makes a rule the same rule. Ports are -1 where all are meant. */
    public record Permission(boolean egress, String protocol, int fromPort, int toPort, Peer peer) {
        /** All traffic to or from an address range. */
        public static Permission all(boolean egress, String cidr) {
            return new Permission(egress, "-1", -1, -1, range(cidr));
        }

        /** All traffic to or from the members of a group. */
        public static Permission fromGroup(boolean egress, String groupId) {
            return new Permission(egress, "-1", -1, -1, new Peer(PeerKind.GROUP, groupId));
        }

        /** All traffic to or from the addresses of a prefix list. */
        public static Permission prefixList(boolean egress, String prefixListId) {
            return new Permission(egress, "-1", -1, -1, new Peer(PeerKind.PREFIX_LIST, prefixListId));
        }

        static Peer range(String cidr) {
            return new Peer(cidr.contains(":") ? PeerKind.IPV6 : PeerKind.IPV4, cidr);
        }
    }

    /** A rule of a group; {@code number} grows with every rule made. */
    public record Rule(String id, long number, Permission permission, Optional<String> description) {}

    /** A security group with its rules. */
    public record Group(String id, String name, String description, String vpc, List<Rule> rules) {
        Group withRules(List<Rule> changed) {
            return new Group(id, name, description, vpc, List.copyOf(changed));
        }

        /** The rules of one direction. */
        public List<Rule> rules(boolean egress) {
            return rules.stream()
                    .filter(rule -> rule.permission().egress() == egress)
                    .toList();
        }
    }

    /** How an interface hangs on its instance. */
    public record Attachment(
            String id, String instance, int card, int device, boolean deleteOnTermination, Instant since) {
        boolean primary() {
            return card == 0 && device == 0;
        }
    }

    /** The idle timeouts of tracked connections, in seconds; absent where AWS's defaults hold. */
    public record Tracking(Optional<Integer> tcpEstablished, Optional<Integer> udpStream, Optional<Integer> udp) {
        static final Tracking DEFAULT = new Tracking(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * A network interface.
     *
     * @param showsAttachment false for one in use whose attachment describes do not show
     * @param automaticAddress the public address that is not an Elastic IP
     * @param requester who manages it, when that is not the account itself
     */
    public record Interface(
            String id,
            String vpc,
            String subnet,
            String privateIp,
            Optional<String> ipv6,
            List<String> groups,
            Optional<Attachment> attachment,
            boolean showsAttachment,
            Optional<String> automaticAddress,
            String type,
            Optional<String> requester,
            String description,
            boolean sourceDestCheck,
            Tracking tracking) {
        /** Whether it is the first interface of an instance. */
        public boolean primary() {
            return attachment.filter(Attachment::primary).isPresent();
        }

        /** Whether it is of a kind that has no security groups. */
        boolean withoutGroups() {
            return type.equals("efa-only");
        }

        Interface withGroups(List<String> changed) {
            return new Interface(
                    id,
                    vpc,
                    subnet,
                    privateIp,
                    ipv6,
                    List.copyOf(changed),
                    attachment,
                    showsAttachment,
                    automaticAddress,
                    type,
                    requester,
                    description,
                    sourceDestCheck,
                    tracking);
        }

        Interface withAttachment(Optional<Attachment> changed, boolean shown) {
            return new Interface(
                    id,
                    vpc,
                    subnet,
                    privateIp,
                    ipv6,
                    groups,
                    changed,
                    shown,
                    automaticAddress,
                    type,
                    requester,
                    description,
                    sourceDestCheck,
                    tracking);
        }

        Interface withAutomaticAddress(Optional<String> changed) {
            return new Interface(
                    id,
                    vpc,
                    subnet,
                    privateIp,
                    ipv6,
                    groups,
                    attachment,
                    showsAttachment,
                    changed,
                    type,
                    requester,
                    description,
                    sourceDestCheck,
                    tracking);
        }

        Interface withAttributes(String newDescription, boolean newCheck, Tracking newTracking) {
            return new Interface(
                    id,
                    vpc,
                    subnet,
                    privateIp,
                    ipv6,
                    groups,
                    attachment,
                    showsAttachment,
                    automaticAddress,
                    type,
                    requester,
                    newDescription,
                    newCheck,
                    newTracking);
        }
    }

    /** The states of an instance with AWS's numbers. */
    public enum State {
        /** Starting. */
        PENDING(0, "pending"),
        /** Running. */
        RUNNING(16, "running"),
        /** On its way to terminated. */
        SHUTTING_DOWN(32, "shutting-down"),
        /** Gone for good, visible for about an hour. */
        TERMINATED(48, "terminated"),
        /** On its way to stopped. */
        STOPPING(64, "stopping"),
        /** Stopped. */
        STOPPED(80, "stopped");

        final int code;
        final String word;

        State(int code, String word) {
            this.code = code;
            this.word = word;
        }

        /** AWS's word for it. */
        public String word() {
            return word;
        }
    }

    /** What never changes about an instance. */
    public record Hardware(
            String reservation,
            String type,
            String image,
            Instant launched,
            Optional<String> lifecycle,
            Optional<String> operator,
            boolean hiddenByDefault) {}

    /**
     * An instance.
     *
     * @param interfaces ids in the order of card and device
     * @param terminated when it ended, if it did
     */
    public record Instance(
            String id,
            State state,
            List<String> interfaces,
            boolean terminationProtection,
            String shutdownBehavior,
            Optional<Instant> terminated,
            Hardware hardware) {
        Instance withState(State changed) {
            return new Instance(id, changed, interfaces, terminationProtection, shutdownBehavior, terminated, hardware);
        }

        Instance withInterfaces(List<String> changed) {
            return new Instance(
                    id, state, List.copyOf(changed), terminationProtection, shutdownBehavior, terminated, hardware);
        }

        Instance withAttributes(boolean protection, String behavior) {
            return new Instance(id, state, interfaces, protection, behavior, terminated, hardware);
        }

        Instance ended(Instant at) {
            return new Instance(
                    id,
                    State.TERMINATED,
                    List.of(),
                    terminationProtection,
                    shutdownBehavior,
                    Optional.of(at),
                    hardware);
        }
    }

    /** An EBS volume of an instance. */
    public record Volume(String id, String instance, String device) {}

    /** A snapshot of a volume. */
    public record Snapshot(String id, String volume, Instant started, String description) {}

    /** The instance profile of an instance. */
    public record ProfileAssociation(String id, String instance, String arn) {}

    /** An Elastic IP and the interface that it is associated with. */
    public record Address(String allocation, String publicIp, Optional<Association> association) {
        Address withAssociation(Optional<Association> changed) {
            return new Address(allocation, publicIp, changed);
        }
    }

    /** The association of an Elastic IP. */
    public record Association(String id, String networkInterface) {}
}
