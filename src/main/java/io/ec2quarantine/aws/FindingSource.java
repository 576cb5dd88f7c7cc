package io.ec2quarantine.aws;

import io.ec2quarantine.core.Result;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.guardduty.GuardDutyClient;
import software.amazon.awssdk.services.guardduty.model.Condition;
import software.amazon.awssdk.services.guardduty.model.DetectorStatus;
import software.amazon.awssdk.services.guardduty.model.Finding;
import software.amazon.awssdk.services.guardduty.model.FindingCriteria;
import software.amazon.awssdk.services.guardduty.model.ListFindingsResponse;
import software.amazon.awssdk.services.guardduty.model.OrderBy;
import software.amazon.awssdk.services.guardduty.model.SortCriteria;

/** GuardDuty's findings in one account and Region. */
public final class FindingSource {
    /** The most findings that one page or one GetFindings takes (GuardDuty API reference). */
    public static final int PAGE = 50;

    private final Supplier<Result<Open>> opening;
    private final String region;
    private final InstantSource time;
    private final RateBucket bucket;

    /** @param opening asked before every call: the session may have ended since the last one */
    FindingSource(Supplier<Result<Open>> opening, String region, InstantSource time, RateBucket bucket) {
        this.opening = opening;
        this.region = region;
        this.time = time;
        this.bucket = bucket;
    }

    /** The detector of the Region. */
    public Result<Detector> detector() {
        return read(
                        "guardduty:ListDetectors",
                        client -> client.listDetectors(request -> {}).detectorIds())
                .then(ids -> ids.isEmpty() ? Result.ok(new Detector.Missing()) : status(ids.getFirst()));
    }

    private Result<Detector> status(String detectorId) {
        return read(
                "guardduty:GetDetector",
                client -> client.getDetector(request -> request.detectorId(detectorId))
                                        .status()
                                == DetectorStatus.ENABLED
                        ? new Detector.Enabled(detectorId)
                        : new Detector.Suspended(detectorId));
    }

    /** The findings that are not archived and were updated at or after a time, oldest update first. */
    public Result<FindingPage> page(String detectorId, Instant updatedSince, Optional<String> nextToken) {
        return read("guardduty:ListFindings", client -> list(client, detectorId, updatedSince, nextToken))
                .then(list -> get(detectorId, list));
    }

    /** Findings by their ids, archived ones too; at most as many as one page holds. */
    public Result<FindingPage> byId(String detectorId, List<String> ids) {
        return get(detectorId, ids, Optional.empty());
    }

    private static ListFindingsResponse list(
            GuardDutyClient client, String detectorId, Instant updatedSince, Optional<String> nextToken) {
        FindingCriteria criteria = FindingCriteria.builder()
                .criterion(Map.of(
                        "updatedAt",
                        Condition.builder()
                                .greaterThanOrEqual(updatedSince.toEpochMilli())
                                .build(),
                        "service.archived",
                        Condition.builder().equalsValue("false").build()))
                .build();
        return client.listFindings(request -> request.detectorId(detectorId)
                .findingCriteria(criteria)
                .sortCriteria(SortCriteria.builder()
                        .attributeName("updatedAt")
                        .orderBy(OrderBy.ASC)
                        .build())
                .maxResults(PAGE)
                .nextToken(nextToken.orElse(null)));
    }

    private Result<FindingPage> get(String detectorId, ListFindingsResponse list) {
        Optional<String> next = Optional.ofNullable(list.nextToken()).filter(token -> !token.isEmpty());
        return get(detectorId, list.findingIds(), next);
    }

    private Result<FindingPage> get(String detectorId, List<String> asked, Optional<String> next) {
        if (asked.isEmpty()) {
            return Result.ok(new FindingPage(List.of(), List.of(), next));
        }
        return read("guardduty:GetFindings", client -> {
            List<Finding> shown = get(client, detectorId, asked);
            Set<String> ids = shown.stream().map(each -> each.id()).collect(Collectors.toSet());
            return new FindingPage(
                    shown.stream()
                            .map(found -> FindingMapper.finding(found, region, time.instant()))
                            .toList(),
                    asked.stream().filter(id -> !ids.contains(id)).toList(),
                    next);
        });
    }

    private static List<Finding> get(GuardDutyClient client, String detectorId, List<String> ids) {
        return client.getFindings(request -> request.detectorId(detectorId)
                        .findingIds(ids)
                        .sortCriteria(SortCriteria.builder()
                                .attributeName("updatedAt")
                                .orderBy(OrderBy.ASC)
                                .build()))
                .findings();
    }

    private <T> Result<T> read(String action, Function<GuardDutyClient, T> request) {
        Call call = new Call(action, region, bucket);
        return opening.get().then(open -> open.calls().read(call, () -> request.apply(open.client())));
    }

    /** A client with its identity. */
    record Open(GuardDutyClient client, AwsCalls calls) {}
}
