package io.ec2quarantine.runtime;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.status.ChannelKind;
import io.ec2quarantine.status.Conditions;
import io.ec2quarantine.status.Notifications;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** What a dashboard asks of the quarantines: how many there are, how many hold which condition, and what was not told of them. */
final class Gauges {
    private Gauges() {}

    static void register(MeterRegistry meters, Catalog<QuarantinedInstance> quarantines) {
        meters.gauge(
                "ec2quarantine.quarantines",
                quarantines,
                catalog -> catalog.all().size());
        for (ConditionType type : new ConditionType[] {
            ConditionType.READY,
            ConditionType.ISOLATED,
            ConditionType.VERIFIED,
            ConditionType.EVIDENCE_PRESERVED,
            ConditionType.NOTIFIED,
            ConditionType.STALLED
        }) {
            meters.gauge(
                    "ec2quarantine.quarantines.true",
                    Tags.of("condition", type.text()),
                    quarantines,
                    catalog -> count(catalog, type));
        }
        for (ChannelKind kind : ChannelKind.values()) {
            meters.gauge(
                    "ec2quarantine.notifications.unsent",
                    Tags.of("channel", kind.label()),
                    quarantines,
                    catalog -> unsent(catalog, kind));
        }
    }

    private static long unsent(Catalog<QuarantinedInstance> catalog, ChannelKind kind) {
        return catalog.all().stream()
                .filter(object -> object.getStatus() != null)
                .mapToLong(object -> Notifications.unsent(object.getStatus(), kind))
                .sum();
    }

    private static long count(Catalog<QuarantinedInstance> catalog, ConditionType type) {
        return catalog.all().stream()
                .filter(object -> object.getStatus() != null)
                .filter(object -> Conditions.isTrue(object.getStatus().conditions(), type))
                .count();
    }
}
