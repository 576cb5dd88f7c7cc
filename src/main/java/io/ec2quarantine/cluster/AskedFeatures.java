package io.ec2quarantine.cluster;

import io.ec2quarantine.api.v1alpha1.Response;
import io.ec2quarantine.core.preflight.Feature;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a response asks for, as far as it needs rights in AWS. */
public final class AskedFeatures {
    private static final Set<Feature> ALWAYS = EnumSet.of(
            Feature.LOOK,
            Feature.IMPACT,
            Feature.ISOLATE,
            Feature.GROUP,
            Feature.EMPTY_GROUP,
            Feature.MARK,
            Feature.RELEASE);

    private AskedFeatures() {}

    /** The features of a response; what it does not say is as the schema fills it in. */
    public static Set<Feature> of(@Nullable Response response) {
        Set<Feature> asked = EnumSet.copyOf(ALWAYS);
        add(
                asked,
                Feature.TERMINATION_PROTECTION,
                Responses.terminationProtection(response) == Response.TerminationProtection.ENABLE);
        add(asked, Feature.AUTO_SCALING, Responses.autoScaling(response) != Response.AutoScaling.LEAVE);
        add(asked, Feature.LOAD_BALANCERS, Responses.loadBalancers(response) == Response.LoadBalancers.DEREGISTER);
        add(asked, Feature.VOLUME_SNAPSHOTS, Responses.volumeSnapshots(response) == Response.VolumeSnapshots.TAKE);
        add(
                asked,
                Feature.INSTANCE_PROFILE,
                Responses.instanceProfile(response) == Response.InstanceProfile.DISASSOCIATE);
        add(asked, Feature.PUBLIC_ADDRESS, Responses.publicAddress(response) == Response.PublicAddress.DISASSOCIATE);
        add(asked, Feature.IDLE_TIMEOUTS, Responses.idleTimeouts(response) == Response.IdleTimeouts.SHORTEN);
        add(
                asked,
                Feature.TRACKED_CONNECTIONS,
                Responses.trackedConnections(response) == Response.TrackedConnections.UNTRACK);
        add(asked, Feature.FORENSIC_ACCESS, !Responses.forensicAccess(response).isEmpty());
        Responses.notifications(response).forEach(each -> {
            add(asked, Feature.NOTIFY_SNS, each.snsTopicARN() != null);
            add(asked, Feature.NOTIFY_SQS, each.sqsQueueURL() != null);
        });
        return Set.copyOf(asked);
    }

    private static void add(Set<Feature> asked, Feature feature, boolean wanted) {
        if (wanted) {
            asked.add(feature);
        }
    }
}
