package io.ec2quarantine.sim;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** EC2 on the Query protocol, version 2016-11-15. */
final class Ec2Api implements ServiceApi {
    private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

    @FunctionalInterface
    private interface Action {
        void run(Ec2Call call, Xml xml);
    }

    private static final Map<String, Action> READS = Map.ofEntries(
            Map.entry("DescribeInstances", Ec2Describes::instances),
            Map.entry("DescribeNetworkInterfaces", Ec2Describes::networkInterfaces),
            Map.entry("DescribeSecurityGroups", Ec2Describes::securityGroups),
            Map.entry("DescribeSecurityGroupRules", Ec2Describes::securityGroupRules),
            Map.entry("DescribeVpcs", Ec2Describes::vpcs),
            Map.entry("DescribeSubnets", Ec2Describes::subnets),
            Map.entry("DescribeRegions", Ec2Describes::regions),
            Map.entry("DescribeAddresses", Ec2Describes::addresses),
            Map.entry("DescribeTags", Ec2Describes::tags),
            Map.entry("DescribeSnapshots", Ec2Evidence::describeSnapshots),
            Map.entry("DescribeIamInstanceProfileAssociations", Ec2Evidence::describeAssociations),
            Map.entry("DescribeInstanceAttribute", Ec2Instances::describeAttribute));

    private static final Map<String, Action> WRITES = Map.ofEntries(
            Map.entry("CreateSecurityGroup", Ec2Groups::create),
            Map.entry("DeleteSecurityGroup", Ec2Groups::delete),
            Map.entry("AuthorizeSecurityGroupIngress", (call, xml) -> Ec2Groups.authorize(call, xml, false)),
            Map.entry("AuthorizeSecurityGroupEgress", (call, xml) -> Ec2Groups.authorize(call, xml, true)),
            Map.entry("RevokeSecurityGroupIngress", (call, xml) -> Ec2Groups.revoke(call, xml, false)),
            Map.entry("RevokeSecurityGroupEgress", (call, xml) -> Ec2Groups.revoke(call, xml, true)),
            Map.entry("ModifyNetworkInterfaceAttribute", Ec2Interfaces::modify),
            Map.entry("CreateNetworkInterface", Ec2Interfaces::create),
            Map.entry("AttachNetworkInterface", Ec2Interfaces::attach),
            Map.entry("DetachNetworkInterface", Ec2Interfaces::detach),
            Map.entry("DeleteNetworkInterface", Ec2Interfaces::delete),
            Map.entry("ModifyInstanceAttribute", Ec2Instances::modifyAttribute),
            Map.entry("RunInstances", Ec2Instances::run),
            Map.entry("TerminateInstances", Ec2Instances::terminate),
            Map.entry("StopInstances", Ec2Instances::stop),
            Map.entry("StartInstances", Ec2Instances::start),
            Map.entry("CreateTags", Ec2Tags::create),
            Map.entry("DeleteTags", Ec2Tags::delete),
            Map.entry("CreateSnapshots", Ec2Evidence::createSnapshots),
            Map.entry("AssociateIamInstanceProfile", Ec2Evidence::associate),
            Map.entry("DisassociateIamInstanceProfile", Ec2Evidence::disassociate),
            Map.entry("AllocateAddress", Ec2Addresses::allocate),
            Map.entry("AssociateAddress", Ec2Addresses::associate),
            Map.entry("DisassociateAddress", Ec2Addresses::disassociate));

    private final World world;

    Ec2Api(World world) {
        this.world = world;
    }

    @Override
    public Answer answer(Request request) {
        boolean write = writes(request.action());
        var action = Optional.ofNullable((write ? WRITES : READS).get(request.action()))
                .orElseThrow(() -> AwsError.invalid(
                        "InvalidAction", "The action " + request.action() + " is not valid for this web service."));
        if (request.dryRun()) {
            requireExisting(request);
            throw new AwsError("DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set.");
        }
        var region = world.account(request.account()).region(request.region());
        return write ? write(request, action, region) : run(request, action, region, false);
    }

    /** A dry run of a call on what is not there says so, as the call itself would. */
    private void requireExisting(Request request) {
        var region = world.account(request.account()).region(request.region());
        var call = new Ec2Call(request, region, region.ec2(), region.ec2());
        request.params().values().forEach((key, value) -> {
            if (writes(request.action()) && IamQuestions.namesAResource(key, value)) {
                Ec2Tags.requireExisting(call, value);
            }
        });
    }

    private Answer write(Request request, Action action, RegionWorld region) {
        // A write that fails must leave nothing behind, so half-done work is thrown away with the state it was done on.
        var before =
                region.staleness().on() || request.params().list("InstanceId").size() > 1
                        ? Optional.of(region.ec2().copy())
                        : Optional.<Ec2State>empty();
        try {
            var answer = run(request, action, region, true);
            before.ifPresent(state -> region.staleness().written(state, world.now()));
            return answer;
        } catch (AwsError error) {
            before.ifPresent(region::restore);
            throw error;
        }
    }

    private Answer run(Request request, Action action, RegionWorld region, boolean write) {
        var live = region.ec2();
        var seen = region.staleness().view(live, request, write, world.now());
        return Answer.xml(200, Xml.document(request.action() + "Response", NAMESPACE, xml -> {
            xml.text("requestId", requestId());
            action.run(new Ec2Call(request, region, live, seen), xml);
        }));
    }

    private static String requestId() {
        return UUID.randomUUID().toString();
    }

    @Override
    public Answer refusal(AwsError error) {
        return Answer.xml(
                error.status(),
                Xml.document(
                        "Response",
                        "",
                        xml -> xml.element(
                                        "Errors",
                                        () -> xml.element(
                                                "Error",
                                                () -> xml.text("Code", error.code())
                                                        .text("Message", error.text())))
                                .text("RequestID", requestId())));
    }

    @Override
    public boolean writes(String action) {
        return WRITES.containsKey(action);
    }

    @Override
    public AwsError denied(Request request) {
        return new AwsError(
                "UnauthorizedOperation",
                403,
                "You are not authorized to perform this operation. User: " + request.principal()
                        + " is not authorized to perform: ec2:" + request.action()
                        + " because no identity-based policy allows the action");
    }

    @Override
    public AwsError throttled() {
        return new AwsError("RequestLimitExceeded", 503, "Request limit exceeded.");
    }

    @Override
    public AwsError broken() {
        return new AwsError("InternalError", 500, "An internal error has occurred");
    }

    @Override
    public AwsError unknownCredentials() {
        return new AwsError("AuthFailure", 401, "AWS was not able to validate the provided access credentials");
    }

    @Override
    public AwsError expiredCredentials() {
        return new AwsError("RequestExpired", 400, "Request has expired.");
    }
}
