package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.IsolationPolicySpec;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.PolicyRef;
import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.api.v1alpha1.Response.ExistingGroup;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.AskedFeatures;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Responses;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.access.Role;
import io.ec2quarantine.core.preflight.Feature;
import io.ec2quarantine.core.preflight.Place;
import io.ec2quarantine.ingest.SourceBook;
import io.ec2quarantine.ingest.SourceRegion;
import io.ec2quarantine.status.QuarantineReading;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the roles of a policy are tried: in the accounts of its open quarantines, in those that it names, and in those that
 * are known besides, the operator's own and those of its readers.
 */
final class PreflightItinerary {
    /** Beyond so many accounts and Regions, a policy's roles come from one stack set and are alike. */
    static final int MOST_PLACES = 50;

    private final Catalog<QuarantinedInstance> quarantines;
    private final SourceBook sources;
    private final AwsSessions sessions;

    PreflightItinerary(Catalog<QuarantinedInstance> quarantines, SourceBook sources, AwsSessions sessions) {
        this.quarantines = quarantines;
        this.sources = sources;
        this.sessions = sessions;
    }

    static Access access(IsolationPolicy policy) {
        return Responses.access(response(policy));
    }

    static Set<Feature> features(IsolationPolicy policy) {
        return AskedFeatures.of(response(policy));
    }

    /** The checks of a policy, those that are certain to matter first. */
    List<PreflightStop> of(IsolationPolicy policy) {
        Map<String, String> existing = Responses.existingGroups(response(policy)).stream()
                .collect(Collectors.toMap(ExistingGroup::vpcID, ExistingGroup::groupID, (first, _) -> first));
        Access access = access(policy);
        return places(policy, access).stream()
                .map(place -> new PreflightStop(place, access, features(policy), existing))
                .sorted(PreflightStop.CERTAIN_FIRST)
                .limit(MOST_PLACES)
                .toList();
    }

    private List<Place> places(IsolationPolicy policy, Access access) {
        List<SourceRegion> regions = Optional.ofNullable(policy.getSpec()).stream()
                .flatMap(spec -> spec.sources().stream())
                .flatMap(source -> sources.regionsOf(source).stream())
                .toList();
        boolean own = access.toRespond().isEmpty();
        Stream<Place> ofOwn = regions.stream()
                .map(SourceRegion::region)
                .flatMap(region ->
                        sessions.ownAccount(region).answer().stream().map(account -> new Place(account, region, own)));
        // Without a role the operator reaches no account but its own, and isolates in none.
        Stream<Place> ofReaders = own
                ? Stream.empty()
                : regions.stream()
                        .flatMap(each -> each.reader().map(Role::accountId).stream()
                                .map(account -> new Place(account, each.region(), false)));
        Stream<Place> named = accounts(policy).stream()
                .flatMap(account -> regions.stream().map(each -> new Place(account, each.region(), true)));
        Map<String, Place> places = new TreeMap<>();
        Stream.of(open(policy), named, ofOwn, ofReaders)
                .flatMap(each -> each)
                .forEach(place -> places.putIfAbsent(place.toString(), place));
        return places.values().stream()
                .sorted(Comparator.comparing(Place::toString))
                .toList();
    }

    private static List<String> accounts(IsolationPolicy policy) {
        return Optional.ofNullable(policy.getSpec())
                .map(IsolationPolicySpec::match)
                .map(IsolationPolicySpec.Match::accountIDs)
                .orElseGet(List::of);
    }

    private Stream<Place> open(IsolationPolicy policy) {
        String name = policy.getMetadata().getName();
        return quarantines.all().stream()
                .filter(each -> each.getSpec() != null && isOpen(each))
                .filter(each -> Optional.ofNullable(each.getSpec().policyRef())
                        .map(PolicyRef::name)
                        .filter(name::equals)
                        .isPresent())
                .flatMap(each ->
                        account(each)
                                .map(account ->
                                        new Place(account, each.getSpec().region(), true))
                                .stream());
    }

    private Optional<String> account(QuarantinedInstance object) {
        return Optional.ofNullable(object.getSpec().accountID())
                .or(() -> sessions.ownAccount(object.getSpec().region()).answer());
    }

    private static boolean isOpen(QuarantinedInstance object) {
        return Optional.ofNullable(object.getStatus())
                .filter(status -> QuarantineReading.isTerminated(status)
                        || QuarantineReading.releasedTime(status).isPresent())
                .isEmpty();
    }

    private static @Nullable Response response(IsolationPolicy policy) {
        return Optional.ofNullable(policy.getSpec())
                .map(IsolationPolicySpec::response)
                .orElse(null);
    }
}
