package io.ec2quarantine.runtime;

import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.status.Conditions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** What a dashboard asks of the quarantines: how many there are, and how many hold which condition. */
final class Gauges {
    private Gauges() {}

    static void register(MeterRegistry meters, Catalog<QuarantinedInstance> quarantines) {
        meters.gauge(
                "ec2quarantine.quarantines",
                quarantines,
                catalog -> catalog.all().size());
        for (ConditionType type : new ConditionType[] {
            ConditionType.READY, ConditionType.ISOLATED, ConditionType.VERIFIED, ConditionType.STALLED
        }) {
            meters.gauge(
                    "ec2quarantine.quarantines.true",
                    Tags.of("condition", type.text()),
                    quarantines,
                    catalog -> count(catalog, type));
        }
    }

    private static long count(Catalog<QuarantinedInstance> catalog, ConditionType type) {
        return catalog.all().stream()
                .filter(object -> object.getStatus() != null)
                .filter(object -> Conditions.isTrue(object.getStatus().conditions(), type))
                .count();
    }
}
