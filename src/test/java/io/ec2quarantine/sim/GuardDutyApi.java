package io.ec2quarantine.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ec2quarantine.sim.FindingQuery.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** GuardDuty on REST and JSON. */
final class GuardDutyApi implements ServiceApi {
    private static final int MOST_FINDINGS = 50;
    private static final Set<String> WRITES = Set.of(
            "CreateDetector",
            "UpdateDetector",
            "DeleteDetector",
            "ArchiveFindings",
            "UnarchiveFindings",
            "CreateSampleFindings",
            "CreateThreatIntelSet");

    /** An HTTP method and path, and the action that it stands for. */
    private record Route(String method, Pattern path, String action) {
        static Route of(String method, String path, String action) {
            return new Route(method, Pattern.compile(path), action);
        }
    }

    private static final String DETECTOR = "/detector/(?<detector>[^/]+)";
    private static final List<Route> ROUTES = List.of(
            Route.of("GET", "/detector", "ListDetectors"),
            Route.of("POST", "/detector", "CreateDetector"),
            Route.of("GET", DETECTOR, "GetDetector"),
            Route.of("POST", DETECTOR, "UpdateDetector"),
            Route.of("DELETE", DETECTOR, "DeleteDetector"),
            Route.of("POST", DETECTOR + "/findings", "ListFindings"),
            Route.of("POST", DETECTOR + "/findings/get", "GetFindings"),
            Route.of("POST", DETECTOR + "/findings/archive", "ArchiveFindings"),
            Route.of("POST", DETECTOR + "/findings/unarchive", "UnarchiveFindings"),
            Route.of("POST", DETECTOR + "/findings/create", "CreateSampleFindings"),
            Route.of("GET", DETECTOR + "/threatintelset", "ListThreatIntelSets"),
            Route.of("POST", DETECTOR + "/threatintelset", "CreateThreatIntelSet"),
            Route.of("GET", DETECTOR + "/threatintelset/(?<list>[^/]+)", "GetThreatIntelSet"));

    /** What a path says. */
    record Routed(String action, Map<String, String> params) {}

    private final World world;

    GuardDutyApi(World world) {
        this.world = world;
    }

    static Routed route(String method, String path) {
        for (var route : ROUTES) {
            var matcher = route.path().matcher(path);
            if (route.method().equals(method) && matcher.matches()) {
                var params = new java.util.HashMap<String, String>();
                matcher.namedGroups().keySet().forEach(name -> params.put(name + "Id", matcher.group(name)));
                return new Routed(route.action(), params);
            }
        }
        return new Routed(method + " " + path, Map.of());
    }

    @Override
    public Answer answer(Request request) {
        var region = world.account(request.account()).region(request.region());
        return Answer.json(200, answer(request, region).toString());
    }

    private JsonNode answer(Request request, RegionWorld region) {
        return switch (request.action()) {
            case "ListDetectors" ->
                array(
                        "detectorIds",
                        region.detector().stream().map(Detector::id).toList());
            case "CreateDetector" -> createDetector(request, region);
            case "UpdateDetector" -> {
                detector(request, region).enable(request.body().path("enable").asBoolean(true));
                yield object();
            }
            case "DeleteDetector" -> {
                detector(request, region);
                region.withoutDetector();
                yield object();
            }
            case "GetDetector" -> describe(detector(request, region));
            case "ListFindings" -> listFindings(request, detector(request, region));
            case "GetFindings" -> getFindings(request, region, detector(request, region));
            case "ArchiveFindings" -> archive(request, region, true);
            case "UnarchiveFindings" -> archive(request, region, false);
            case "CreateSampleFindings" -> createSamples(request, region);
            case "ListThreatIntelSets" ->
                array("threatIntelSetIds", detector(request, region).listIds());
            case "CreateThreatIntelSet" -> createList(request, region);
            case "GetThreatIntelSet" -> getList(request, detector(request, region));
            default ->
                throw new AwsError("UnknownOperationException", 404, "No operation is known for " + request.action());
        };
    }

    private static ObjectNode createDetector(Request request, RegionWorld region) {
        if (region.detector().isPresent()) {
            throw FindingQuery.rejected("a detector already exists for the current account");
        }
        region.enableDetector();
        if (!request.body().path("enable").asBoolean(true)) {
            region.suspendDetector();
        }
        return object().put("detectorId", region.detectorId());
    }

    private static Detector detector(Request request, RegionWorld region) {
        return region.detector()
                .filter(own -> own.id().equals(request.param("detectorId")))
                .orElseThrow(() -> FindingQuery.rejected("the input detectorId is not owned by the current account"));
    }

    private static ObjectNode describe(Detector detector) {
        var status = detector.enabled() ? "ENABLED" : "DISABLED";
        var json = object().put("createdAt", Findings.time(detector.createdAt()))
                .put("updatedAt", Findings.time(detector.createdAt()))
                .put("findingPublishingFrequency", "FIFTEEN_MINUTES")
                .put(
                        "serviceRole",
                        "arn:aws:iam::000000000000:role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty")
                .put("status", status);
        var features = json.putArray("features");
        for (var name : List.of("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")) {
            features.addObject()
                    .put("name", name)
                    .put("status", status)
                    .put("updatedAt", detector.createdAt().getEpochSecond());
        }
        return json;
    }

    private ObjectNode listFindings(Request request, Detector detector) {
        var sort = request.body().path("sortCriteria");
        var order = FindingQuery.order(sort);
        int size = Math.min(maxResults(request), world.pageSize());
        var after = token(request).map(token -> Position.decoded(token.after()));
        var found = detector.findings().stream()
                .filter(FindingQuery.criteria(
                        request.body().path("findingCriteria").path("criterion")))
                .map(finding -> Position.of(finding, sort))
                .filter(position -> after.isEmpty() || order.compare(position, after.get()) > 0)
                .sorted(order)
                .limit(size + 1L)
                .toList();
        var page = found.subList(0, Math.min(size, found.size()));
        var json = array("findingIds", page.stream().map(Position::id).toList());
        // GuardDuty says that there is no further page with an empty token.
        return json.put(
                "nextToken",
                found.size() > size
                        ? new PageToken(request.page() + 1, page.getLast().encoded()).encoded()
                        : "");
    }

    private static int maxResults(Request request) {
        int asked = request.body().path("maxResults").asInt(MOST_FINDINGS);
        if (asked < 1 || asked > MOST_FINDINGS) {
            throw FindingQuery.rejected("an invalid or out-of-range value is specified as an input parameter");
        }
        return asked;
    }

    private static Optional<PageToken> token(Request request) {
        return Optional.of(request.body().path("nextToken").asText())
                .filter(text -> !text.isEmpty())
                .map(text -> PageToken.decoded(text)
                        .orElseThrow(() -> FindingQuery.rejected("the parameter nextToken has an invalid value")));
    }

    private static ObjectNode getFindings(Request request, RegionWorld region, Detector detector) {
        var json = object();
        var findings = json.putArray("findings");
        findingIds(request).stream()
                .filter(id -> !region.isWithheld(id))
                .forEach(id -> detector.find(id).ifPresent(finding -> findings.add(finding.json())));
        return json;
    }

    private static List<String> findingIds(Request request) {
        var ids = texts(request.body().path("findingIds"));
        if (ids.isEmpty() || ids.size() > MOST_FINDINGS) {
            throw FindingQuery.rejected("the parameter findingIds has " + ids.size() + " values instead of 1 to 50");
        }
        return ids;
    }

    private static ObjectNode archive(Request request, RegionWorld region, boolean archived) {
        var detector = detector(request, region);
        if (region.account().administrator().isPresent()) {
            throw FindingQuery.rejected("the current account is a member and cannot archive or unarchive findings");
        }
        findingIds(request).forEach(id -> detector.find(id).ifPresent(finding -> finding.archive(archived)));
        return object();
    }

    private static ObjectNode createSamples(Request request, RegionWorld region) {
        var detector = detector(request, region);
        var asked = texts(request.body().path("findingTypes"));
        for (var type : asked.isEmpty() ? FindingTemplate.SAMPLES : asked) {
            if (!FindingTemplate.SAMPLES.contains(type)) {
                throw FindingQuery.rejected("the finding type '" + type + "' is not supported");
            }
            var template = FindingTemplate.named(type, "i-99999999", "198.51.100.0", "GeneratedFindingThreatListName")
                    .sample();
            region.addFinding(new Finding(
                    Findings.render(template, region, region.world().ids().next32(), detector.id())));
        }
        return object();
    }

    private static ObjectNode createList(Request request, RegionWorld region) {
        var body = request.body();
        var id = region.world().ids().next32();
        detector(request, region)
                .addList(
                        id,
                        new Detector.ThreatList(
                                body.path("name").asText(),
                                body.path("format").asText(),
                                body.path("location").asText(),
                                body.path("activate").asBoolean(),
                                List.of()));
        return object().put("threatIntelSetId", id);
    }

    private static ObjectNode getList(Request request, Detector detector) {
        var list = detector.list(request.param("listId"))
                .orElseThrow(
                        () -> FindingQuery.rejected("the input threatIntelSetId is not owned by the current account"));
        var json = object().put("name", list.name())
                .put("format", list.format())
                .put("location", list.location())
                .put("status", list.active() ? "ACTIVE" : "INACTIVE");
        json.putObject("tags");
        return json;
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode array(String name, List<String> values) {
        var json = object();
        var array = json.putArray(name);
        values.forEach(array::add);
        return json;
    }

    @Override
    public Answer refusal(AwsError error) {
        var body = object().put("message", error.text()).put("__type", error.code());
        return new Answer(
                error.status(), "application/json", body.toString(), Map.of("x-amzn-ErrorType", error.code()));
    }

    @Override
    public boolean writes(String action) {
        return WRITES.contains(action);
    }

    @Override
    public AwsError denied(Request request) {
        return new AwsError(
                "AccessDeniedException",
                403,
                "User: " + request.principal() + " is not authorized to perform: guardduty:" + request.action());
    }

    @Override
    public AwsError throttled() {
        return new AwsError("TooManyRequestsException", 429, "Too many requests");
    }

    @Override
    public AwsError broken() {
        return new AwsError("InternalServerErrorException", 500, "An internal server error occurred.");
    }

    @Override
    public AwsError unknownCredentials() {
        return new AwsError(
                "UnrecognizedClientException", 403, "The security token included in the request is invalid.");
    }

    @Override
    public AwsError expiredCredentials() {
        return new AwsError("ExpiredTokenException", 403, "The security token included in the request is expired");
    }
}
