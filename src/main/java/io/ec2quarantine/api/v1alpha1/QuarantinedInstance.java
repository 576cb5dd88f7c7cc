package io.ec2quarantine.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** One EC2 instance and the state that it shall be kept in. */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("QuarantinedInstance")
@Plural("quarantinedinstances")
@Singular("quarantinedinstance")
@ShortNames("qi")
public class QuarantinedInstance extends CustomResource<QuarantinedInstanceSpec, QuarantinedInstanceStatus> {
    private static final long serialVersionUID = 1L;

    // Records have no empty instance; an object without spec or status has none.
    @Override
    protected @Nullable QuarantinedInstanceSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable QuarantinedInstanceStatus initStatus() {
        return null;
    }
}
