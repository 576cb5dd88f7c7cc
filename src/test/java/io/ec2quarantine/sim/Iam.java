package io.ec2quarantine.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small IAM: what identities may do, by the documents of AWS's own form that were given to them, and what no identity of
 * an account may do by the organisation's service control policies. An identity without documents may do everything.
 */
final class Iam {
    private final Map<String, List<IamDocument>> identities = new HashMap<>();

    void give(String identityArn, List<IamDocument> documents) {
        identities.put(identityArn, List.copyOf(documents));
    }

    /**
     * Whether the call is allowed. One on a resource that is not there is left to the service, which says so, where some
     * resource of its kind is within the identity's reach.
     */
    boolean allows(World world, Request request) {
        if (!world.hasAccount(request.account())) {
            return true;
        }
        var own = identities.get(IamQuestions.identity(request.principal()));
        var controls = world.account(request.account()).controls();
        if (own == null && controls.isEmpty()) {
            return true;
        }
        return IamQuestions.of(world, request).stream()
                .allMatch(question -> IamDocument.verdict(controls, question) != IamDocument.Verdict.DENIED
                        && (own == null || allows(own, question, isThere(world, request, question))));
    }

    private static boolean allows(List<IamDocument> documents, IamRequest question, boolean there) {
        return there
                ? IamDocument.verdict(documents, question) == IamDocument.Verdict.ALLOWED
                : IamDocument.mayAllow(documents, question);
    }

    private static boolean isThere(World world, Request request, IamRequest question) {
        if (!request.service().equals("ec2")) {
            return true;
        }
        var id = question.resource().substring(question.resource().indexOf('/') + 1);
        var state = world.account(request.account()).region(request.region()).ec2();
        return switch (Ec2Tags.typeOf(id)) {
            case "instance" -> state.instances.has(id);
            case "network-interface" -> state.interfaces.has(id);
            case "security-group" -> state.groups.has(id);
            case "vpc" -> state.vpcs.has(id);
            case "subnet" -> state.subnets.has(id);
            default -> true;
        };
    }
}
