package io.ec2quarantine.controller;

import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.preflight.Feature;
import io.ec2quarantine.core.preflight.Place;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;

/**
 * One check of the preflight; policies that would make the same one share it.
 *
 * @param existingGroups the groups that are used instead of made ones, by VPC
 */
record PreflightStop(Place place, Access access, Set<Feature> features, Map<String, String> existingGroups) {
    static final Comparator<PreflightStop> CERTAIN_FIRST = Comparator.comparing(
                    (PreflightStop stop) -> !stop.place().certain())
            .thenComparing(stop -> stop.place().toString());

    PreflightStop {
        features = Set.copyOf(features);
        existingGroups = Map.copyOf(existingGroups);
    }
}
