package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a finding will say, in the shapes that GuardDuty really sends; {@link RegionWorld#finding} makes it.
 *
 * @param details changes to the document, in order, given the Region for whatever they look up
 */
public record FindingTemplate(
        Optional<String> id,
        String type,
        double severity,
        String title,
        Optional<String> instance,
        List<BiConsumer<RegionWorld, ObjectNode>> details) {
    /** Types that {@link #named} knows, as CreateSampleFindings does. */
    static final List<String> SAMPLES = List.of(
            "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            "UnauthorizedAccess:EC2/SSHBruteForce",
            "Recon:EC2/PortProbeUnprotectedPort",
            "Backdoor:EC2/C&CActivity.B");

    /** The workshop's finding: the instance talks to an address on a threat list that a person uploaded. */
    public static FindingTemplate maliciousIpCallerCustom(String instanceId, String remoteIp, String listName) {
        return of(
                        SAMPLES.get(0),
                        5,
                        "EC2 instance " + instanceId + " is communicating with a remote host on a custom threat list.")
                .about(instanceId)
                .connection("OUTBOUND", false, remoteIp, 54321, 80)
                .edited(json -> {
                    Findings.additionalInfo(
                            json,
                            object().put("threatName", "Customer Threat Intel").put("threatListName", listName));
                    var threat = json.withObject("/service/evidence")
                            .putArray("threatIntelligenceDetails")
                            .addObject();
                    threat.put("threatListName", listName)
                            .putArray("threatNames")
                            .add("Customer Threat Intel");
                });
    }

    /** The instance asks for the name of a Bitcoin pool. */
    public static FindingTemplate bitcoinDns(String instanceId, String domain) {
        return of(
                        SAMPLES.get(1),
                        8,
                        "EC2 instance " + instanceId + " is querying a domain name associated with Bitcoin activity.")
                .about(instanceId)
                .edited(json -> json.withObject("/service")
                        .putObject("action")
                        .put("actionType", "DNS_REQUEST")
                        .putObject("dnsRequestAction")
                        .put("domain", domain)
                        .put("protocol", "UDP")
                        .put("blocked", false));
    }

    /** Somebody tries passwords on the instance: it is attacked, not compromised. */
    public static FindingTemplate sshBruteForceInbound(String instanceId, String remoteIp) {
        return of(SAMPLES.get(2), 2, remoteIp + " is performing SSH brute force attacks against " + instanceId + ".")
                .about(instanceId)
                .connection("INBOUND", false, remoteIp, 22, 44321);
    }

    /** Somebody looks at an open port of the instance: it is attacked, not compromised. */
    public static FindingTemplate portProbe(String instanceId, String remoteIp) {
        return of(SAMPLES.get(3), 2, "Unprotected port on EC2 instance " + instanceId + " is being probed.")
                .about(instanceId)
                .edited(json -> {
                    var probe = json.withObject("/service")
                            .putObject("action")
                            .put("actionType", "PORT_PROBE")
                            .putObject("portProbeAction")
                            .put("blocked", false)
                            .putArray("portProbeDetails")
                            .addObject();
                    port(probe.putObject("localPortDetails"), 22);
                    remote(probe.putObject("remoteIpDetails"), remoteIp);
                });
    }

    /** The instance talks to a command and control server. */
    public static FindingTemplate commandAndControl(String instanceId, String remoteIp) {
        return of(
                        SAMPLES.get(4),
                        8,
                        "EC2 instance " + instanceId
                                + " is querying an IP address associated with a known Command & Control server.")
                .about(instanceId)
                .connection("OUTBOUND", false, remoteIp, 40022, 443);
    }

    /** Several instances in one attack; they are named in the sequence's resources only. */
    public static FindingTemplate attackSequence(String... instanceIds) {
        return of("AttackSequence:EC2/CompromisedInstanceGroup", 9, "Potential compromise of a group of EC2 instances.")
                .withDetail((region, json) -> {
                    json.withObject("/resource").put("resourceType", "AttackSequence");
                    var sequence = json.withObject("/service/detection/sequence");
                    sequence.put("uid", json.path("id").asText());
                    sequence.put("description", json.path("title").asText());
                    var resources = sequence.putArray("resources");
                    for (var instance : instanceIds) {
                        sequenceResource(region, instance, resources.addObject());
                    }
                    sequenceSignal(json, sequence.putArray("signals").addObject());
                });
    }

    private static void sequenceResource(RegionWorld region, String instanceId, ObjectNode resource) {
        var account = region.account().id();
        resource.put("uid", "arn:aws:ec2:" + region.name() + ":" + account + ":instance/" + instanceId)
                .put("name", instanceId)
                .put("accountId", account)
                .put("resourceType", "EC2_INSTANCE")
                .put("region", region.name())
                .put("service", "ec2")
                .put("cloudPartition", "aws");
        Findings.tags(region, instanceId, resource);
        var data = resource.putObject("data").putObject("ec2Instance").put("availabilityZone", region.name() + "a");
        region.ec2().instances.find(instanceId).ifPresent(instance -> {
            data.put("instanceType", instance.hardware().type()).put("instanceState", instance.state().word);
            var interfaces = data.putArray("ec2NetworkInterfaceUids");
            instance.interfaces().forEach(interfaces::add);
        });
    }

    private static void sequenceSignal(ObjectNode finding, ObjectNode signal) {
        var seconds = Instant.parse(finding.path("createdAt").asText()).getEpochSecond();
        signal.put("uid", "signal-" + finding.path("id").asText())
                .put("type", "FINDING")
                .put("name", "CryptoCurrency:EC2/BitcoinTool.B!DNS")
                .put("severity", 8.0)
                .put("count", 1)
                .put("createdAt", seconds)
                .put("updatedAt", seconds)
                .put("firstSeenAt", seconds)
                .put("lastSeenAt", seconds);
    }

    /** Stolen credentials of a user: a finding in which no instance is named. */
    public static FindingTemplate withoutInstance() {
        return of(
                        "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
                        5,
                        "Multiple successful console logins by one user from several places.")
                .edited(json -> {
                    json.withObject("/resource").put("resourceType", "AccessKey");
                    json.withObject("/resource")
                            .putObject("accessKeyDetails")
                            .put("accessKeyId", "GeneratedFindingAccessKeyId")
                            .put("principalId", "GeneratedFindingPrincipalId")
                            .put("userName", "somebody")
                            .put("userType", "IAMUser");
                    json.withObject("/service")
                            .putObject("action")
                            .put("actionType", "AWS_API_CALL")
                            .putObject("awsApiCallAction")
                            .put("api", "ConsoleLogin")
                            .put("serviceName", "signin.amazonaws.com");
                });
    }

    /** A template by its finding type; those without a shape of their own are command-and-control connections. */
    public static FindingTemplate named(String type, String instanceId, String remoteIp, String listName) {
        return switch (type.substring(type.indexOf('/') + 1)) {
            case "MaliciousIPCaller.Custom" -> maliciousIpCallerCustom(instanceId, remoteIp, listName);
            case "BitcoinTool.B!DNS" -> bitcoinDns(instanceId, "pool.example.com");
            case "SSHBruteForce" -> sshBruteForceInbound(instanceId, remoteIp);
            case "PortProbeUnprotectedPort" -> portProbe(instanceId, remoteIp);
            case "CompromisedInstanceGroup" -> attackSequence(instanceId);
            default -> {
                if (!type.matches("[A-Za-z]+:[A-Za-z0-9]+/.+")) {
                    throw new IllegalArgumentException("No template '" + type
                            + "': name a finding type, such as CryptoCurrency:EC2/BitcoinTool.B!DNS");
                }
                yield commandAndControl(instanceId, remoteIp).edited(json -> json.put("type", type));
            }
        };
    }

    /** A finding that says no more than its type, severity and title. */
    public static FindingTemplate of(String type, double severity, String title) {
        return new FindingTemplate(Optional.empty(), type, severity, title, Optional.empty(), List.of());
    }

    /** The same with an id of the test's choice. */
    public FindingTemplate id(String findingId) {
        return new FindingTemplate(Optional.of(findingId), type, severity, title, instance, details);
    }

    /** The same about this instance, whose details it will show as they are when it is made. */
    public FindingTemplate about(String instanceId) {
        return new FindingTemplate(id, type, severity, title, Optional.of(instanceId), details);
    }

    /** The same with another severity. */
    public FindingTemplate severity(double other) {
        return new FindingTemplate(id, type, other, title, instance, details);
    }

    /** The same with a change to the finished document. */
    public FindingTemplate edited(Consumer<ObjectNode> edit) {
        return withDetail((region, json) -> edit.accept(json));
    }

    /** The same, archived. */
    public FindingTemplate archived() {
        return edited(json -> json.withObject("/service").put("archived", true));
    }

    /** The same as a sample finding, which is about nothing real. */
    public FindingTemplate sample() {
        return edited(json -> {
            json.put("title", "[SAMPLE] " + json.path("title").asText());
            Findings.additionalInfo(json, object().put("sample", true));
        });
    }

    /** The same with all its times at this instant. */
    public FindingTemplate at(Instant instant) {
        return edited(json -> {
            json.put("createdAt", Findings.time(instant)).put("updatedAt", Findings.time(instant));
            json.withObject("/service")
                    .put("eventFirstSeen", Findings.time(instant))
                    .put("eventLastSeen", Findings.time(instant));
        });
    }

    private FindingTemplate connection(
            String direction, boolean blocked, String remoteIp, int localPort, int remotePort) {
        return edited(json -> {
            var action = json.withObject("/service")
                    .putObject("action")
                    .put("actionType", "NETWORK_CONNECTION")
                    .putObject("networkConnectionAction");
            action.put("blocked", blocked).put("connectionDirection", direction).put("protocol", "TCP");
            port(action.putObject("localPortDetails"), localPort);
            port(action.putObject("remotePortDetails"), remotePort);
            remote(action.putObject("remoteIpDetails"), remoteIp);
            var local = json.at("/resource/instanceDetails/networkInterfaces/0/privateIpAddress");
            if (!local.isMissingNode()) {
                action.putObject("localIpDetails").put("ipAddressV4", local.asText());
            }
        });
    }

    private static void port(ObjectNode details, int port) {
        var name = switch (port) {
            case 22 -> "SSH";
            case 80 -> "HTTP";
            case 443 -> "HTTPS";
            default -> "Unknown";
        };
        details.put("port", port).put("portName", name);
    }

    private static void remote(ObjectNode details, String ip) {
        details.put("ipAddressV4", ip);
        details.putObject("country").put("countryName", "Exampleland");
        details.putObject("city").put("cityName", "Example City");
        details.putObject("geoLocation").put("lat", 47.0).put("lon", 8.0);
        details.putObject("organization")
                .put("asn", "64496")
                .put("asnOrg", "Example Organization")
                .put("isp", "Example ISP")
                .put("org", "Example Organization");
    }

    private FindingTemplate withDetail(BiConsumer<RegionWorld, ObjectNode> detail) {
        var all = new ArrayList<>(details);
        all.add(detail);
        return new FindingTemplate(id, type, severity, title, instance, List.copyOf(all));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
