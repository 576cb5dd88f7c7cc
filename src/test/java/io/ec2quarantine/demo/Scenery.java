package io.ec2quarantine.demo;

import io.ec2quarantine.sim.RegionWorld;

/** What a scene is played in: some part of the simulated AWS. */
sealed interface Scenery permits Ec2View, OrganisationView {
    /** The account and the Region that the operator and a person who looks around have keys for. */
    RegionWorld home();

    /** What comes behind {@code make demo} to choose it. */
    String chosenBy();
}
