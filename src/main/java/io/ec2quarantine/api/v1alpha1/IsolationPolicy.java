package io.ec2quarantine.api.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** Which findings lead to which response. */
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("IsolationPolicy")
@Plural("isolationpolicies")
@Singular("isolationpolicy")
@ShortNames("isopol")
public class IsolationPolicy extends CustomResource<IsolationPolicySpec, IsolationPolicyStatus> {
    private static final long serialVersionUID = 1L;

    // Records have no empty instance; an object without spec or status has none.
    @Override
    protected @Nullable IsolationPolicySpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable IsolationPolicyStatus initStatus() {
        return null;
    }
}
