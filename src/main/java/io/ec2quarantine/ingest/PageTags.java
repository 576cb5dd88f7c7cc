package io.ec2quarantine.ingest;

import io.ec2quarantine.aws.AccountRegion;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.aws.Ec2Gateway;
import io.ec2quarantine.aws.Priority;
import io.ec2quarantine.aws.Purpose;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.Result;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.isolation.InstanceFacts;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The tags of the instances that one page of findings names. At the first need those of all instances of an account and
 * Region are read in one call, for a page that is read again by the hour would else empty the account's budget; and one
 * that does not answer is asked once, for the others wait meanwhile.
 */
final class PageTags {
    private final AwsSessions sessions;
    private final Map<AccountRegion, List<String>> named;
    private final Map<Place, Map<String, Map<String, String>>> known = new HashMap<>();
    private final Map<Place, CallFailure> failed = new HashMap<>();

    PageTags(AwsSessions sessions, Collection<InstanceRef> instances) {
        this.sessions = sessions;
        this.named = instances.stream()
                .collect(Collectors.groupingBy(
                        PageTags::where, Collectors.mapping(InstanceRef::instanceId, Collectors.toList())));
    }

    /**
     * The tags of an instance; NotFound where EC2 says itself that there is no such id, and for no other reason.
     *
     * @param accesses tried in turn until one answers
     */
    Result<Map<String, String>> of(InstanceRef instance, List<Access> accesses) {
        Result<Map<String, String>> last = of(instance, accesses.getFirst());
        for (Access next : accesses.subList(1, accesses.size())) {
            if (isAnswer(last)) {
                break;
            }
            last = of(instance, next);
        }
        return last;
    }

    /** The account's rate limit is the same for everybody who asks. */
    private static boolean isAnswer(Result<Map<String, String>> result) {
        return !(result instanceof Result.Failed<Map<String, String>>(CallFailure failure))
                || failure instanceof CallFailure.NotFound
                || failure instanceof CallFailure.Throttled;
    }

    private Result<Map<String, String>> of(InstanceRef instance, Access access) {
        Place where = new Place(where(instance), access);
        return shown(where)
                .then(shown -> Optional.ofNullable(shown.get(instance.instanceId()))
                        .map(Result::ok)
                        .orElseGet(() -> unshown(where, instance.instanceId(), shown)));
    }

    private Result<Map<String, Map<String, String>>> shown(Place where) {
        Map<String, Map<String, String>> before = known.get(where);
        if (before != null) {
            return Result.ok(before);
        }
        CallFailure failedBefore = failed.get(where);
        if (failedBefore != null) {
            return Result.failed(failedBefore);
        }
        Result<Map<String, InstanceFacts>> read =
                ec2(where).then(ec2 -> ec2.instances(named.getOrDefault(where.accountRegion(), List.of())));
        return switch (read) {
            case Result.Ok<Map<String, InstanceFacts>>(Map<String, InstanceFacts> facts) -> {
                Map<String, Map<String, String>> tags = new HashMap<>();
                facts.forEach((id, each) -> tags.put(id, each.tags()));
                known.put(where, tags);
                yield Result.ok(tags);
            }
            case Result.Failed<Map<String, InstanceFacts>>(CallFailure failure) -> {
                CallFailure said = failure instanceof CallFailure.NotFound(String call, String target, String detail)
                        ? new CallFailure.Transient(call, target, detail)
                        : failure;
                failed.put(where, said);
                yield Result.failed(said);
            }
        };
    }

    /** EC2 hides from a filter what a service of AWS manages, but not from who knows its id. */
    private Result<Map<String, String>> unshown(
            Place where, String instanceId, Map<String, Map<String, String>> shown) {
        return ec2(where).then(ec2 -> ec2.instance(instanceId)).map(look -> {
            Map<String, String> tags = look.facts().tags();
            shown.put(instanceId, tags);
            return tags;
        });
    }

    private Result<Ec2Gateway> ec2(Place where) {
        return sessions.ec2(where.accountRegion(), where.access(), Purpose.RESPOND, Priority.URGENT);
    }

    private static AccountRegion where(InstanceRef instance) {
        return new AccountRegion(instance.accountId(), instance.region());
    }

    private record Place(AccountRegion accountRegion, Access access) {}
}
