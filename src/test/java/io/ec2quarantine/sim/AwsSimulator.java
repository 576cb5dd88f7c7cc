package io.ec2quarantine.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ec2quarantine.sim.Faults.Effect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * A simulated AWS behind one HTTP endpoint: set {@code AWS_ENDPOINT_URL} to {@link #endpoint} and use any AWS client. The
 * access key id says which account is meant, the signature's scope which Region and service; signatures themselves are
 * not checked.
 */
public final class AwsSimulator implements AutoCloseable {
    private static final Pattern CREDENTIAL =
            Pattern.compile("Credential=(?<key>[^/,\\s]+)/[0-9]+/(?<region>[^/]+)/(?<service>[^/]+)/aws4_request");
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The Region of calls that are not signed; the STS calls that this is for do not care. */
    private static final String UNSIGNED_REGION = "us-east-1";

    private record Credential(String key, String region, String service) {}

    /** How a call ended; without an answer, the connection breaks. */
    private record Ending(Call call, Optional<Answer> answer) {}

    private final World world;
    private final CallLog calls = new CallLog();
    private final Faults faults = new Faults();
    private final TokenBuckets buckets = new TokenBuckets();
    private final Map<String, ServiceApi> services;
    private final AdminApi admin;
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private AwsSimulator(World world, int port) throws IOException {
        this.world = world;
        services = Map.ofEntries(
                Map.entry("ec2", new Ec2Api(world)),
                Map.entry("guardduty", new GuardDutyApi(world)),
                Map.entry("sns", new SnsApi(world)),
                Map.entry("sqs", new SqsApi(world)),
                Map.entry("sts", new StsApi(world)),
                Map.entry("autoscaling", new ScalingApi(world)),
                Map.entry("elasticloadbalancing", new LoadBalancingApi(world)));
        admin = new AdminApi(world, calls, faults);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::serve);
        server.setExecutor(executor);
        server.start();
        world.servedAt(endpoint());
    }

    /** Starts an empty world on a free port. */
    public static AwsSimulator start(InstantSource clock) {
        return start(new World(clock), 0);
    }

    /** Starts a world on a port; 0 takes a free one. */
    public static AwsSimulator start(World world, int port) {
        // Without this the JDK's server waits 40 ms before the last packet of an answer.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            return new AwsSimulator(world, port);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The simulator could not listen on port " + port + " (" + e.getMessage() + ")", e);
        }
    }

    /** What to set {@code AWS_ENDPOINT_URL} to. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What exists, to be built and changed. */
    public World world() {
        return world;
    }

    /** What was called. */
    public CallLog calls() {
        return calls;
    }

    /** What is to go wrong. */
    public Faults faults() {
        return faults;
    }

    /** Switches EC2's request limits on or off and fills all buckets; they are off at first. */
    public AwsSimulator requestLimits(boolean on) {
        world.changed(() -> buckets.use(on));
        return this;
    }

    /** Stops serving. */
    @Override
    public void close() {
        faults.clear();
        server.stop(0);
        executor.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var answer = answer(exchange, body);
            if (answer.isPresent()) {
                send(exchange, answer.get());
            }
            // Else closing the exchange without an answer breaks the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            e.printStackTrace(); // A defect of the simulator: the server would swallow it.
            throw e;
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var bytes = answer.bytes();
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private Optional<Answer> answer(HttpExchange exchange, String body) throws InterruptedException {
        var path = exchange.getRequestURI().getPath();
        var query =
                form(Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""));
        if (path.startsWith("/_simulator")) {
            return Optional.of(admin.answer(exchange.getRequestMethod(), path, query, body));
        }
        var authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
        var credential = authorization.flatMap(AwsSimulator::credential);
        var service = credential.map(Credential::service).orElse("sts");
        var api = Optional.ofNullable(services.get(service));
        if (api.isEmpty()) {
            return Optional.of(Answer.json(
                    501,
                    "{\"message\":\"The simulator has " + String.join(", ", new TreeSet<>(services.keySet()))
                            + ", not '" + service + "'\"}"));
        }
        try {
            var request = request(exchange, service, credential, query, body);
            return carryOut(api.get(), request);
        } catch (AwsError error) {
            return Optional.of(api.get().refusal(error));
        }
    }

    private static Optional<Credential> credential(String authorization) {
        var matcher = CREDENTIAL.matcher(authorization);
        return matcher.find()
                ? Optional.of(new Credential(matcher.group("key"), matcher.group("region"), matcher.group("service")))
                : Optional.empty();
    }

    private Request request(
            HttpExchange exchange,
            String service,
            Optional<Credential> credential,
            NavigableMap<String, String> query,
            String body) {
        var params = new TreeMap<>(query);
        JsonNode json = MissingNode.getInstance();
        String action;
        if (service.equals("guardduty")) {
            var routed = GuardDutyApi.route(
                    exchange.getRequestMethod(), exchange.getRequestURI().getPath());
            action = routed.action();
            json = json(body);
            flatten("", json, params);
            params.putAll(routed.params());
        } else if (service.equals("sqs")) {
            action = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                    .orElse("")
                    .replace(SqsApi.TARGET, "");
            json = json(body);
            flatten("", json, params);
        } else {
            params.putAll(form(body));
            action = params.getOrDefault("Action", "");
            params.remove("Action");
            params.remove("Version");
        }
        var identity = identity(service, action, credential);
        var token = Optional.ofNullable(params.get("NextToken"))
                .or(() -> Optional.ofNullable(params.get("nextToken")))
                .or(() -> Optional.ofNullable(params.get("Marker")));
        return new Request(
                identity.account(),
                credential.map(Credential::region).orElse(UNSIGNED_REGION),
                identity.principal(),
                service,
                action,
                new Params(params),
                json,
                token.flatMap(PageToken::decoded).map(PageToken::page).orElse(1));
    }

    private World.Identity identity(String service, String action, Optional<Credential> credential) {
        if (credential.isEmpty() && action.equals("AssumeRoleWithWebIdentity")) {
            return World.Identity.lasting("", "anonymous");
        }
        var api = Optional.ofNullable(services.get(service)).orElseThrow();
        var identity = world.locked(() -> credential.map(Credential::key).flatMap(world::identity))
                .orElseThrow(api::unknownCredentials);
        if (identity.isOver(world.now())) {
            throw api.expiredCredentials();
        }
        return identity;
    }

    private Optional<Answer> carryOut(ServiceApi api, Request request) throws InterruptedException {
        var effects = faults.met(request);
        for (var effect : effects) {
            switch (effect) {
                case Effect.Delay(var time) -> Thread.sleep(time);
                case Effect.Hold(var gate) -> gate.await();
                default -> {
                    // Decides the ending, below.
                }
            }
        }
        var ending = world.locked(() -> ending(api, request, effects));
        calls.tell(ending.call());
        return ending.answer();
    }

    private Ending ending(ServiceApi api, Request request, List<Effect> effects) {
        var decisive = effects.stream()
                .filter(effect -> !(effect instanceof Effect.Delay) && !(effect instanceof Effect.Hold))
                .findFirst();
        if (decisive.isEmpty()) {
            return attempt(api, request);
        }
        return switch (decisive.get()) {
            case Effect.Refuse(var error) -> refused(api, request, error.apply(api, request));
            case Effect.Drop() -> new Ending(log(api, request, Call.DROPPED), Optional.empty());
            case Effect.ApplyThenDrop() -> unanswered(api, request, Optional.empty());
            case Effect.ApplyThenRefuse() -> unanswered(api, request, Optional.of(api.refusal(api.broken())));
            case Effect.Delay ignored -> attempt(api, request);
            case Effect.Hold ignored -> attempt(api, request);
        };
    }

    private Ending attempt(ServiceApi api, Request request) {
        if (!isServedIn(request)) {
            return new Ending(log(api, request, Call.DROPPED), Optional.empty());
        }
        try {
            if (!isEnabled(request)) {
                throw api.unknownCredentials();
            }
            if (!buckets.admits(request, world.now())) {
                throw api.throttled();
            }
            if (!world.iam().allows(world, request)) {
                throw api.denied(request);
            }
            var answer = api.answer(request);
            return new Ending(log(api, request, Call.OK), Optional.of(answer));
        } catch (AwsError error) {
            return refused(api, request, error);
        }
    }

    /** A Region that does not exist has no endpoint that could answer. */
    private boolean isServedIn(Request request) {
        return request.account().isEmpty()
                || world.account(request.account()).regionNames().contains(request.region());
    }

    /** A Region that the account has not opted in to does not know its credentials. */
    private boolean isEnabled(Request request) {
        return request.account().isEmpty() || world.account(request.account()).isEnabled(request.region());
    }

    private Ending refused(ServiceApi api, Request request, AwsError error) {
        return new Ending(log(api, request, error.code()), Optional.of(api.refusal(error)));
    }

    private Ending unanswered(ServiceApi api, Request request, Optional<Answer> instead) {
        try {
            api.answer(request);
            return new Ending(log(api, request, Call.APPLIED), instead);
        } catch (AwsError error) {
            return new Ending(log(api, request, error.code()), instead);
        }
    }

    private Call log(ServiceApi api, Request request, String outcome) {
        return calls.append(world.now(), request, outcome, api.writes(request.action()) && !request.dryRun());
    }

    private static JsonNode json(String body) {
        try {
            return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw FindingQuery.rejected("the body is not JSON");
        }
    }

    /** Writes a document's values down as parameters, lists counted from 1 like the Query protocol's. */
    private static void flatten(String prefix, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            prefix.isEmpty() ? entry.getKey() : prefix + "." + entry.getKey(), entry.getValue(), into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(prefix + "." + (i + 1), node.path(i), into);
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            into.put(prefix, node.asText());
        }
    }

    private static NavigableMap<String, String> form(String text) {
        var params = new TreeMap<String, String>();
        for (var pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                params.put(
                        URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return params;
    }
}
