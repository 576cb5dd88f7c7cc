package io.ec2quarantine.demo;

import io.ec2quarantine.sim.OrganisationScene;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.WorkshopScene;
import io.ec2quarantine.sim.World;

/** Which scene is played. */
public enum Chapter {
    WORKSHOP("The workshop's scene \"Compromised EC2 Instance\""),
    ORGANISATION("A storm of findings in an organisation");

    private final String title;

    Chapter(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Builds what the scene is about. */
    Scenery build(World world) {
        return switch (this) {
            case WORKSHOP -> {
                WorkshopScene scene = WorkshopScene.build(world);
                RegionWorld region = world.account(scene.account()).region(scene.region());
                region.addVolume(scene.compromisedInstance(), "/dev/xvda");
                yield new Ec2View(region, scene);
            }
            case ORGANISATION -> new OrganisationView(OrganisationScene.build(world));
        };
    }
}
