package io.ec2quarantine.sim;

import io.ec2quarantine.sim.LoadBalancingWorld.TargetGroup;
import java.util.List;
import java.util.Set;

/** Elastic Load Balancing, version 2, on the Query protocol: target groups and what is registered with them. */
final class LoadBalancingApi extends QueryApi {
    private static final Set<String> WRITES = Set.of("RegisterTargets", "DeregisterTargets");
    private static final int MOST = 400;

    private final World world;

    LoadBalancingApi(World world) {
        super(world, "elasticloadbalancing", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/");
        this.world = world;
    }

    @Override
    public boolean writes(String action) {
        return WRITES.contains(action);
    }

    @Override
    void result(Request request, Xml xml) {
        var region = region(request);
        var balancing = region.loadBalancing();
        switch (request.action()) {
            case "DescribeTargetGroups" -> groups(request, balancing, xml);
            case "DescribeTargetHealth" -> health(request, balancing, xml);
            case "RegisterTargets" -> register(request, region, balancing);
            case "DeregisterTargets" -> {
                var arn = named(request, balancing).arn();
                targets(request)
                        .forEach(target -> balancing.deregister(arn, target.required("Id"), target.integer("Port")));
            }
            default -> throw unknownAction(request);
        }
    }

    private static TargetGroup named(Request request, LoadBalancingWorld balancing) {
        return balancing.required(request.params().required("TargetGroupArn"));
    }

    private static List<Params> targets(Request request) {
        return request.params().structures("Targets.member");
    }

    private static void register(Request request, RegionWorld region, LoadBalancingWorld balancing) {
        var group = named(request, balancing);
        for (var target : targets(request)) {
            var id = target.required("Id");
            if (group.type().equals("instance") && !region.scaling().isRunning(id)) {
                throw AwsError.invalid(
                        "InvalidTarget", "The following targets are not in a running state: '" + id + "'");
            }
        }
        targets(request)
                .forEach(target -> balancing.register(
                        group.arn(),
                        target.required("Id"),
                        target.integer("Port").orElse(group.port()),
                        target.optional("AvailabilityZone")));
    }

    private void groups(Request request, LoadBalancingWorld balancing, Xml xml) {
        var arns = request.params().list("TargetGroupArns.member");
        arns.forEach(balancing::required);
        int from = request.params()
                .optional("Marker")
                .flatMap(PageToken::decoded)
                .map(token -> Integer.parseInt(token.after()))
                .orElse(0);
        int size = Math.min(request.params().integer("PageSize").orElse(MOST), world.pageSize());
        var all = balancing.all().stream()
                .filter(group -> arns.isEmpty() || arns.contains(group.arn()))
                .toList();
        int to = Math.min(all.size(), from + size);
        xml.members("TargetGroups", all.subList(from, to), group -> {
            xml.text("TargetGroupArn", group.arn())
                    .text("TargetGroupName", group.name())
                    .text("TargetType", group.type());
            if (!group.type().equals("lambda")) {
                xml.text("VpcId", group.vpc()).text("Protocol", "HTTP").text("Port", group.port());
            }
        });
        if (to < all.size()) {
            xml.text("NextMarker", new PageToken(request.page() + 1, Integer.toString(to)).encoded());
        }
    }

    private static void health(Request request, LoadBalancingWorld balancing, Xml xml) {
        var group = named(request, balancing);
        xml.members("TargetHealthDescriptions", balancing.shown(group), target -> {
            xml.element(
                    "Target",
                    () -> xml.text("Id", target.id())
                            .text("Port", target.port())
                            .text("AvailabilityZone", target.zone()));
            xml.element(
                    "TargetHealth",
                    () -> xml.text("State", target.ended().isPresent() ? "draining" : "healthy")
                            .text("Reason", target.ended().map(ignored -> "Target.DeregistrationInProgress")));
        });
    }
}
