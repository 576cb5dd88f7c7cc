package io.ec2quarantine.sim;

import io.ec2quarantine.sim.Model.Instance;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.Model.State;
import java.util.List;
import java.util.function.UnaryOperator;

/** The writes on instances. */
final class Ec2Instances {
    private Ec2Instances() {}

    static void describeAttribute(Ec2Call call, Xml xml) {
        var instance = call.instance(call.params().required("InstanceId"));
        var seen = call.seen().instances.find(instance.id()).orElse(instance);
        var attribute = call.params().required("Attribute");
        xml.text("instanceId", instance.id());
        switch (attribute) {
            case "disableApiTermination" ->
                xml.element(attribute, () -> xml.text("value", seen.terminationProtection()));
            case "instanceInitiatedShutdownBehavior" ->
                xml.element(attribute, () -> xml.text("value", seen.shutdownBehavior()));
            case "instanceType" ->
                xml.element(attribute, () -> xml.text("value", seen.hardware().type()));
            case "groupSet" ->
                Ec2Xml.groupSet(
                        xml,
                        call.seen(),
                        call.seen().primaryOf(seen).map(Interface::groups).orElse(List.of()));
            default -> throw AwsError.badValue("Value (" + attribute + ") for parameter attribute is invalid.");
        }
    }

    static void modifyAttribute(Ec2Call call, Xml xml) {
        var params = call.params();
        var instance = call.instance(params.required("InstanceId"));
        instance.hardware().operator().ifPresent(operator -> {
            throw AwsError.invalid(
                    "OperationNotPermitted",
                    "The instance '" + instance.id() + "' is managed by '" + operator + "' and cannot be modified.");
        });
        var groups = params.list("GroupId");
        var attribute = params.optional("Attribute").orElse("");
        var protection = params.bool("DisableApiTermination.Value")
                .or(() -> params.bool("Value").filter(ignored -> attribute.equals("disableApiTermination")));
        var behavior = params.optional("InstanceInitiatedShutdownBehavior.Value")
                .or(() -> params.optional("Value")
                        .filter(ignored -> attribute.equals("instanceInitiatedShutdownBehavior")));
        if (groups.isEmpty() && protection.isEmpty() && behavior.isEmpty()) {
            throw AwsError.badCombination("No attributes specified.");
        }
        if (protection.isPresent()
                && instance.hardware().lifecycle().filter("spot"::equals).isPresent()) {
            throw AwsError.invalid(
                    "UnsupportedOperation", "Termination protection is not supported for Spot Instances.");
        }
        behavior.filter(word -> !List.of("stop", "terminate").contains(word)).ifPresent(word -> {
            throw AwsError.badValue("Value (" + word + ") for parameter instanceInitiatedShutdownBehavior is invalid.");
        });
        if (!groups.isEmpty()) {
            modifyGroups(call, instance, groups);
        }
        call.live()
                .instances
                .put(
                        instance.id(),
                        instance.withAttributes(
                                protection.orElse(instance.terminationProtection()),
                                behavior.orElse(instance.shutdownBehavior())));
        xml.text("return", true);
    }

    private static void modifyGroups(Ec2Call call, Instance instance, List<String> groups) {
        if (instance.interfaces().size() != 1) {
            throw AwsError.invalid(
                    "InvalidInstanceID",
                    "There are multiple interfaces attached to instance '" + instance.id()
                            + "'. Please specify an interface ID for the operation instead.");
        }
        var one = call.live().interfacesOf(instance).getFirst();
        call.live().interfaces.put(one.id(), one.withGroups(call.groupsFor(groups, one.vpc())));
    }

    static void terminate(Ec2Call call, Xml xml) {
        change(call, xml, State.SHUTTING_DOWN, instance -> {
            if (instance.state() == State.TERMINATED) {
                return instance;
            }
            if (instance.terminationProtection()) {
                throw AwsError.invalid(
                        "OperationNotPermitted",
                        "The instance '" + instance.id()
                                + "' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.");
            }
            call.live().terminate(instance, call.now());
            return call.live().instances.find(instance.id()).orElse(instance);
        });
    }

    static void stop(Ec2Call call, Xml xml) {
        change(call, xml, State.STOPPING, instance -> moved(instance, State.RUNNING, State.STOPPED));
    }

    static void start(Ec2Call call, Xml xml) {
        change(call, xml, State.PENDING, instance -> moved(instance, State.STOPPED, State.RUNNING));
    }

    private static Instance moved(Instance instance, State from, State to) {
        if (instance.state() != from && instance.state() != to) {
            throw AwsError.invalid(
                    "IncorrectInstanceState",
                    "The instance '" + instance.id() + "' is not in a state from which it can be " + to.word + ".");
        }
        return instance.withState(to);
    }

    /** The simulator skips the states on the way, but the answer names them as AWS's does. */
    private static void change(Ec2Call call, Xml xml, State onTheWay, UnaryOperator<Instance> step) {
        var ids = call.params().list("InstanceId");
        if (ids.isEmpty()) {
            throw AwsError.invalid("MissingParameter", "The request must contain the parameter InstanceId");
        }
        var before = ids.stream().map(call::instance).toList();
        xml.list("instancesSet", before, instance -> {
            var after = step.apply(instance);
            call.live().instances.put(after.id(), after);
            var answered = after.state() == instance.state() ? after.state() : onTheWay;
            xml.text("instanceId", instance.id());
            xml.element("currentState", () -> Ec2Xml.state(xml, answered));
            xml.element("previousState", () -> Ec2Xml.state(xml, instance.state()));
        });
    }

    static void run(Ec2Call call, Xml xml) {
        var params = call.params();
        int count = params.integer("MaxCount").orElse(1);
        var subnet = params.optional("SubnetId")
                .or(() -> params.optional("NetworkInterface.1.SubnetId"))
                .map(call::subnet)
                .or(() -> call.region().defaultSubnet())
                .orElseThrow(() -> AwsError.invalid("MissingInput", "No subnets found for the default VPC"));
        var asked = params.list("SecurityGroupId").isEmpty()
                ? params.list("NetworkInterface.1.SecurityGroupId")
                : params.list("SecurityGroupId");
        var groups = call.groupsFor(asked, subnet.vpc());
        var tags = call.tagsFor("instance");
        var made = java.util.stream.IntStream.range(0, count)
                .mapToObj(ignored -> {
                    var builder = call.region()
                            .instance(tags.getOrDefault("Name", ""))
                            .subnet(subnet.id())
                            .groups(groups.toArray(String[]::new))
                            .type(params.optional("InstanceType").orElse("m5.large"));
                    tags.forEach(builder::tag);
                    return builder.launch();
                })
                .toList();
        xml.text("reservationId", made.getFirst().hardware().reservation());
        xml.text("ownerId", call.request().account());
        var fresh = new Ec2Call(call.request(), call.region(), call.live(), call.live());
        xml.list("instancesSet", made, instance -> Ec2Xml.instance(xml, fresh, instance));
    }
}
