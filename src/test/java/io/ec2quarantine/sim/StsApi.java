package io.ec2quarantine.sim;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** STS on the Query protocol: who am I, and credentials of roles in any account of the world. */
final class StsApi extends QueryApi {
    private static final Pattern ROLE = Pattern.compile("arn:aws:iam::([0-9]{12}):role/(?:.*/)?([^/]+)");

    private final World world;

    StsApi(World world) {
        super(world, "sts", "https://sts.amazonaws.com/doc/2011-06-15/");
        this.world = world;
    }

    @Override
    void result(Request request, Xml xml) {
        switch (request.action()) {
            case "GetCallerIdentity" ->
                xml.text("Arn", request.principal())
                        .text("UserId", "AIDASIMULATED" + request.account())
                        .text("Account", request.account());
            case "AssumeRole" -> assumeRole(request, xml, request.params().optional("ExternalId"));
            case "AssumeRoleWithWebIdentity" -> {
                request.params().required("WebIdentityToken");
                assumeRole(request, xml, Optional.empty());
                xml.text("SubjectFromWebIdentityToken", "system:serviceaccount:simulated:simulated");
            }
            default -> throw unknownAction(request);
        }
    }

    private void assumeRole(Request request, Xml xml, Optional<String> externalId) {
        var arn = request.params().required("RoleArn");
        var session = request.params().required("RoleSessionName");
        var role = ROLE.matcher(arn);
        if (!role.matches()) {
            throw AwsError.invalid("ValidationError", arn + " is invalid");
        }
        var account = role.group(1);
        var name = role.group(2);
        if (!world.hasAccount(account) || !world.account(account).admits(name, request.account(), externalId)) {
            throw new AwsError(
                    "AccessDenied",
                    403,
                    "User: " + request.principal() + " is not authorized to perform: sts:" + request.action()
                            + " on resource: " + arn);
        }
        var principal = "arn:aws:sts::" + account + ":assumed-role/" + name + "/" + session;
        var key = "ASIA" + world.ids().next32().substring(0, 16).toUpperCase(java.util.Locale.ROOT);
        var lifetime = world.account(account)
                .sessionTime(
                        name,
                        Duration.ofSeconds(
                                request.params().integer("DurationSeconds").orElse(3600)));
        var until = latest(world.now(), Instant.now()).plus(lifetime).truncatedTo(ChronoUnit.SECONDS);
        world.identify(key, new World.Identity(account, principal, Optional.of(until)));
        xml.element(
                "Credentials",
                () -> xml.text("AccessKeyId", key)
                        .text("SecretAccessKey", "simulated-secret-of-" + key)
                        .text("SessionToken", "simulated-session-of-" + key)
                        .text("Expiration", Xml.time(until)));
        xml.element(
                "AssumedRoleUser",
                () -> xml.text("AssumedRoleId", "AROASIMULATED:" + session).text("Arn", principal));
    }

    /** Clients judge the expiry by their own clock: never hand out what they must think expired. */
    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    @Override
    public boolean writes(String action) {
        return false;
    }
}
