package io.ec2quarantine.aws;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.core.PlainLine;
import io.ec2quarantine.core.finding.DataSource;
import io.ec2quarantine.core.finding.Finding;
import io.ec2quarantine.core.finding.InstanceRef;
import io.ec2quarantine.core.finding.Involvement;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.guardduty.model.Action;
import software.amazon.awssdk.services.guardduty.model.FindingResourceType;
import software.amazon.awssdk.services.guardduty.model.NetworkConnectionAction;
import software.amazon.awssdk.services.guardduty.model.RemoteIpDetails;
import software.amazon.awssdk.services.guardduty.model.ResourceV2;
import software.amazon.awssdk.services.guardduty.model.Service;

/**
 * Turns GuardDuty's findings into the core's: total, for a finding that is odd must not hide the others, and bounded, for
 * an attacker chooses much of what stands in it.
 */
final class FindingMapper {
    private static final int LONGEST_TEXT = 256;
    private static final int MOST_INSTANCES = 100;
    private static final int MOST_LISTS = 20;
    private static final Pattern INSTANCE_ID = Pattern.compile("\\bi-[0-9a-f]{8,17}\\b");
    private static final DateTimeFormatter OFFSET_WITHOUT_COLON = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .appendOffset("+HHMM", "+0000")
            .toFormatter();
    private static final ObjectMapper JSON = new ObjectMapper();

    private FindingMapper() {}

    /**
     * Maps one finding.
     *
     * @param sourceRegion stands in for a finding that names no Region
     * @param readTime stands in for times that cannot be read, so that an odd finding is young rather than lost
     */
    static Finding finding(
            software.amazon.awssdk.services.guardduty.model.Finding found, String sourceRegion, Instant readTime) {
        Optional<Service> service = Optional.ofNullable(found.service());
        Optional<Action> action = service.map(Service::action);
        String type = text(found.type());
        String actionType = text(action.map(Action::actionType));
        Optional<RemoteIpDetails> remote = action.flatMap(FindingMapper::remote);
        Instant updated =
                time(found.updatedAt()).or(() -> time(found.createdAt())).orElse(readTime);
        Instant lastSeen = service.flatMap(each -> time(each.eventLastSeen())).orElse(updated);
        JsonNode additional = additionalInfo(service);
        return new Finding(
                text(found.id()),
                text(found.arn()),
                text(found.accountId()),
                region(found, sourceRegion),
                type,
                text(found.title()),
                found.severity() == null ? 0 : found.severity(),
                service.map(Service::count).orElse(1),
                service.flatMap(each -> time(each.eventFirstSeen())).orElse(lastSeen),
                lastSeen,
                updated,
                service.map(Service::archived).orElse(false),
                additional.path("sample").asBoolean(false),
                DataSource.of(type, actionType),
                Involvement.of(
                        type,
                        actionType,
                        text(action.map(Action::networkConnectionAction)
                                .map(NetworkConnectionAction::connectionDirection)),
                        text(service.map(Service::resourceRole))),
                remote.map(RemoteIpDetails::ipAddressV4).map(FindingMapper::text),
                remote.map(RemoteIpDetails::country)
                        .map(country -> country.countryName())
                        .map(FindingMapper::text),
                threatLists(service, additional),
                instances(found, service, region(found, sourceRegion)));
    }

    private static String region(software.amazon.awssdk.services.guardduty.model.Finding found, String sourceRegion) {
        String region = text(found.region());
        return region.isEmpty() ? sourceRegion : region;
    }

    private static Optional<RemoteIpDetails> remote(Action action) {
        return Stream.of(
                        Optional.ofNullable(action.networkConnectionAction())
                                .map(NetworkConnectionAction::remoteIpDetails),
                        Optional.ofNullable(action.awsApiCallAction()).map(call -> call.remoteIpDetails()),
                        Optional.ofNullable(action.portProbeAction())
                                .flatMap(probe ->
                                        probe.portProbeDetails().stream().findFirst())
                                .map(detail -> detail.remoteIpDetails()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static JsonNode additionalInfo(Optional<Service> service) {
        String value =
                service.map(Service::additionalInfo).map(info -> info.value()).orElse("");
        try {
            return JSON.readTree(value.isBlank() ? "{}" : value);
        } catch (JsonProcessingException _) {
            // Free text by the API's word: what is not JSON says nothing that we ask for.
            return JSON.createObjectNode();
        }
    }

    private static List<String> threatLists(Optional<Service> service, JsonNode additional) {
        Stream<String> evidence = service.map(Service::evidence).stream()
                .flatMap(each -> each.threatIntelligenceDetails().stream())
                .map(detail -> text(detail.threatListName()));
        return Stream.concat(
                        evidence,
                        Stream.of(text(additional.path("threatListName").asText(""))))
                .filter(name -> !name.isEmpty())
                .distinct()
                .limit(MOST_LISTS)
                .toList();
    }

    private static List<InstanceRef> instances(
            software.amazon.awssdk.services.guardduty.model.Finding found, Optional<Service> service, String region) {
        Stream<InstanceRef> own = Optional.ofNullable(found.resource())
                .map(resource -> resource.instanceDetails())
                .map(details -> text(details.instanceId()))
                .filter(id -> !id.isEmpty())
                .map(id -> new InstanceRef(id, text(found.accountId()), region))
                .stream();
        Stream<InstanceRef> sequence = service.map(Service::detection).map(detection -> detection.sequence()).stream()
                .flatMap(each -> each.resources().stream())
                .flatMap(resource -> instance(resource, text(found.accountId()), region).stream());
        return Stream.concat(own, sequence).distinct().limit(MOST_INSTANCES).toList();
    }

    private static Optional<InstanceRef> instance(ResourceV2 resource, String accountId, String region) {
        boolean isInstance = resource.resourceType() == FindingResourceType.EC2_INSTANCE
                || (resource.data() != null && resource.data().ec2Instance() != null);
        Matcher id = INSTANCE_ID.matcher(text(resource.uid()));
        return isInstance && id.find()
                ? Optional.of(new InstanceRef(
                        id.group(), orElse(resource.accountId(), accountId), orElse(resource.region(), region)))
                : Optional.empty();
    }

    private static String orElse(@Nullable String value, String other) {
        String text = text(value);
        return text.isEmpty() ? other : text;
    }

    private static String text(Optional<String> value) {
        return text(value.orElse(null));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : PlainLine.of(value, LONGEST_TEXT);
    }

    private static Optional<Instant> time(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return Optional.empty();
        }
        return Stream.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME, OFFSET_WITHOUT_COLON)
                .flatMap(format -> parsed(format, value.strip()).stream())
                .findFirst();
    }

    private static Optional<Instant> parsed(DateTimeFormatter format, String value) {
        try {
            return Optional.of(format.parse(value, Instant::from));
        } catch (DateTimeException _) {
            // Not in this format; the caller has others, and a time of its own for when none fits.
            return Optional.empty();
        }
    }
}
