package io.ec2quarantine.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** The simulator's own paths, by which a person or a script drives it from outside with curl. */
final class AdminApi {
    static final String HELP = """
            GET    /_simulator/calls?since=N               every call after number N, one JSON document a line
            POST   /_simulator/scene/workshop              makes the workshop's scene and answers with its ids
            POST   /_simulator/findings                    makes a finding: a raw one of GuardDuty, or
                                                           {"template":"MaliciousIPCaller.Custom","instanceId":"i-…"}
                                                           (remoteIp, threatList, account and region are optional)
            POST   /_simulator/findings/ID/seen-again      the same activity once more
            POST   /_simulator/roles                       a role that may be assumed from then on, as the only ones of its
                                                           account: {"account":"444455556666","name":"ec2-quarantine-responder"}
                                                           (trusts, externalId, sessionSeconds and denied are optional)
            POST   /_simulator/members                     {"account":"444455556666","administrator":"111122223333"}
            POST   /_simulator/regions                     {"account":"444455556666","region":"eu-central-1","enabled":false}
            POST   /_simulator/faults                      {"action":"CreateTags","effect":"throttle","times":3};
                                                           effects: deny throttle internalError dropConnection applyThenDrop
            DELETE /_simulator/faults                      nothing goes wrong any more
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final World world;
    private final CallLog calls;
    private final Faults faults;

    AdminApi(World world, CallLog calls, Faults faults) {
        this.world = world;
        this.calls = calls;
        this.faults = faults;
    }

    Answer answer(String method, String path, Map<String, String> query, String body) {
        try {
            return switch (method + " " + path.replaceFirst("^/_simulator/?", "")) {
                case "GET calls" -> callsSince(Long.parseLong(query.getOrDefault("since", "0")));
                case "POST scene/workshop" -> Answer.json(200, JSON.writeValueAsString(WorkshopScene.build(world)));
                case "POST findings" ->
                    Answer.json(
                            200,
                            object().put("id", makeFinding(JSON.readTree(body))).toString());
                case "POST roles" -> makeRole(JSON.readTree(body));
                case "POST members" -> makeMember(JSON.readTree(body));
                case "POST regions" -> changeRegion(JSON.readTree(body));
                case "POST faults" -> makeFault(JSON.readTree(body));
                case "DELETE faults" -> {
                    faults.clear();
                    yield Answer.json(200, "{}");
                }
                default -> seenAgainOrHelp(method, path);
            };
        } catch (JsonProcessingException
                | IllegalArgumentException
                | IllegalStateException
                | NoSuchElementException e) {
            return Answer.json(
                    400, object().put("message", String.valueOf(e.getMessage())).toString());
        }
    }

    private Answer callsSince(long mark) {
        return new Answer(
                200,
                "application/jsonl",
                calls.since(mark).stream().map(AdminApi::line).collect(Collectors.joining()),
                Map.of());
    }

    private static String line(Call call) {
        var json = object().put("sequence", call.sequence())
                .put("at", call.at().toString())
                .put("account", call.account())
                .put("region", call.region())
                .put("principal", call.principal())
                .put("role", call.role())
                .put("service", call.service())
                .put("action", call.action())
                .put("outcome", call.outcome())
                .put("isWrite", call.isWrite());
        var params = json.putObject("params");
        call.params().forEach(params::put);
        return json + "\n";
    }

    private Answer seenAgainOrHelp(String method, String path) {
        var parts = path.split("/", -1);
        if (method.equals("POST") && parts.length == 5 && parts[4].equals("seen-again")) {
            world.seenAgain(parts[3]);
            return Answer.json(200, "{}");
        }
        return new Answer(method.equals("GET") ? 200 : 404, "text/plain;charset=UTF-8", HELP, Map.of());
    }

    private String makeFinding(JsonNode asked) {
        if (!(asked instanceof ObjectNode document)) {
            throw new IllegalArgumentException("Expected a JSON object");
        }
        return document.has("template") ? fromTemplate(document) : raw(document);
    }

    private String fromTemplate(ObjectNode asked) {
        var instance = asked.path("instanceId").asText();
        var region = regionOf(asked, instance);
        return region.finding(FindingTemplate.named(
                asked.path("template").asText(),
                instance,
                asked.path("remoteIp").asText(WorkshopScene.MALICIOUS_IP),
                asked.path("threatList").asText(WorkshopScene.THREAT_LIST)));
    }

    private String raw(ObjectNode finding) {
        var instance = finding.at("/resource/instanceDetails/instanceId").asText();
        return world.locked(() -> {
            if (!finding.hasNonNull("id")) {
                finding.put("id", world.ids().next32());
            }
            regionOf(finding, instance).addFinding(new Finding(finding));
            return finding.path("id").asText();
        });
    }

    /** The Region that the document names, or else the one that has the instance. */
    private RegionWorld regionOf(JsonNode asked, String instance) {
        var account = asked.path("account").asText(asked.path("accountId").asText());
        var region = asked.path("region").asText();
        if (!account.isEmpty() && !region.isEmpty()) {
            return world.account(account).region(region);
        }
        return world.locked(() -> world.accounts().stream()
                .flatMap(one -> one.regions().stream())
                .filter(one -> one.instanceIds().contains(instance))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException(
                        "No instance '" + instance + "': name one that exists, or an account and a region")));
    }

    private Answer makeRole(JsonNode asked) {
        var role = account(asked, "account").role(asked.path("name").asText());
        if (asked.has("trusts")) {
            role.trusts(asked.path("trusts").valueStream().map(JsonNode::asText).toArray(String[]::new));
        }
        if (asked.has("externalId")) {
            role.externalId(asked.path("externalId").asText());
        }
        if (asked.has("sessionSeconds")) {
            role.lasting(Duration.ofSeconds(asked.path("sessionSeconds").asLong()));
        }
        if (asked.path("denied").asBoolean()) {
            role.deny();
        } else {
            role.allow();
        }
        return Answer.json(200, object().put("arn", role.arn()).toString());
    }

    private Answer makeMember(JsonNode asked) {
        account(asked, "account").administeredBy(account(asked, "administrator"));
        return Answer.json(200, "{}");
    }

    private Answer changeRegion(JsonNode asked) {
        var account = account(asked, "account");
        var region = asked.path("region").asText();
        if (asked.path("enabled").asBoolean(true)) {
            account.enable(region);
        } else {
            account.disable(region);
        }
        return Answer.json(200, "{}");
    }

    private AccountWorld account(JsonNode asked, String field) {
        return world.account(asked.path(field).asText());
    }

    private Answer makeFault(JsonNode asked) {
        var fault = faults.on(asked.path("action").asText("*"))
                .times(asked.path("times").asInt(1));
        switch (asked.path("effect").asText()) {
            case "deny" -> fault.deny();
            case "throttle" -> fault.throttle();
            case "internalError" -> fault.internalError();
            case "dropConnection" -> fault.dropConnection();
            case "applyThenDrop" -> fault.applyThenDrop();
            default -> throw new IllegalArgumentException("Unknown effect; see GET /_simulator");
        }
        return Answer.json(200, "{}");
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
