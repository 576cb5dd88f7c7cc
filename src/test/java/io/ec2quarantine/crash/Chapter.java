package io.ec2quarantine.crash;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstanceSpec.DesiredState;
import io.ec2quarantine.core.isolation.Marks;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Permission;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.testing.OperatorWorld;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** What happens to an instance after it was isolated, and is to be ended by the operator. */
enum Chapter {
    /** Somebody opens both interfaces, adds a third, and puts rules into an isolation group. */
    DRIFT_OF_INTERFACES_AND_RULES {
        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            RegionWorld region = world.region();
            Group group = ownGroup(region, scene, scene.ipv4Vpc());
            region.setGroups(scene.primary(), scene.web(), group.id());
            region.setGroups(scene.secondary(), scene.backOffice());
            region.attach(scene.instance(), details -> details.id(scene.late()).groups(scene.web()));
            region.addRule(group.id(), Permission.all(true, "0.0.0.0/0"));
            region.addRule(group.id(), Permission.all(false, "::/0"));
        }
    },
    /** Somebody deletes one isolation group and takes the mark off the other. */
    DRIFT_OF_ISOLATION_GROUPS {
        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            RegionWorld region = world.region();
            region.setGroups(scene.primary(), scene.database());
            region.deleteGroup(ownGroup(region, scene, scene.ipv4Vpc()).id());
            region.untag(ownGroup(region, scene, scene.ipv6Vpc()).id(), Marks.OWNER);
        }
    },
    /** Somebody releases the instance. */
    RELEASE {
        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            world.desire(scene.instance(), DesiredState.RELEASED);
        }
    },
    /** GuardDuty reports what the released instance did since; whoever released it archived what was reported before. */
    NEXT_EPISODE {
        @Override
        void prepare(OperatorWorld world, IsolationScene scene) {
            world.region().finding(activity(scene, scene.finding()).archived());
            world.desire(scene.instance(), DesiredState.RELEASED);
            world.await(scene.instance(), ConditionType.READY, Condition.Status.TRUE, "Released");
            world.elapse(Duration.ofMinutes(1));
        }

        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            FindingTemplate activity =
                    FindingTemplate.maliciousIpCallerCustom(scene.instance(), "198.51.100.17", "Custom-Threat-List");
            world.region().finding(activity.id(scene.laterFinding()));
        }
    },
    /** The same in an instance that is served by an Auto Scaling group and a load balancer, and has volumes and a profile. */
    EVIDENCE {
        @Override
        void prepare(OperatorWorld world, IsolationScene scene) {
            NEXT_EPISODE.prepare(world, scene);
            scene.surround(world);
        }

        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            NEXT_EPISODE.begin(world, scene);
        }
    },
    /** Somebody releases such an instance. */
    EVIDENCE_RELEASE {
        @Override
        void prepare(OperatorWorld world, IsolationScene scene) {
            EVIDENCE.prepare(world, scene);
            EVIDENCE.begin(world, scene);
            world.await(scene.instance(), ConditionType.EVIDENCE_PRESERVED, Condition.Status.TRUE, "Preserved");
            world.elapse(Duration.ofMinutes(1));
        }

        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            RELEASE.begin(world, scene);
        }
    },
    /** The next isolation is told by two channels. */
    TELLING {
        @Override
        void prepare(OperatorWorld world, IsolationScene scene) {
            NEXT_EPISODE.prepare(world, scene);
            IsolationScene.tellOfIt(world);
        }

        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            NEXT_EPISODE.begin(world, scene);
        }
    },
    /** And so is its release. */
    TELLING_RELEASE {
        @Override
        void prepare(OperatorWorld world, IsolationScene scene) {
            TELLING.prepare(world, scene);
            TELLING.begin(world, scene);
            world.await(scene.instance(), ConditionType.NOTIFIED, Condition.Status.TRUE, "Sent");
            world.elapse(Duration.ofMinutes(1));
        }

        @Override
        void begin(OperatorWorld world, IsolationScene scene) {
            RELEASE.begin(world, scene);
        }
    };

    /** What must be true in the end, among much else. */
    FinalState end() {
        return new FinalState(
                switch (this) {
                    case DRIFT_OF_INTERFACES_AND_RULES, DRIFT_OF_ISOLATION_GROUPS ->
                        List.of("condition: Verified=TRUE Verified of generation 1", "drift: 1");
                    case RELEASE -> List.of("condition: Ready=TRUE Released of generation 2");
                    case NEXT_EPISODE ->
                        List.of(
                                "condition: Verified=TRUE Verified of generation 3",
                                "condition: EvidencePreserved=TRUE TerminationProtected of generation 3");
                    case EVIDENCE ->
                        List.of(
                                "condition: Verified=TRUE Verified of generation 3",
                                "condition: EvidencePreserved=TRUE Preserved of generation 3",
                                "surroundings: out of the Auto Scaling group, which wants 2 and has 2; profile none;"
                                        + " targets []; 2 snapshots");
                    case EVIDENCE_RELEASE ->
                        List.of(
                                "condition: Ready=TRUE Released of generation 4",
                                "surroundings: InService in the Auto Scaling group, which wants 3 and has 3; profile "
                                        + IsolationScene.PROFILE + "; targets [the instance:80, the instance:8080];"
                                        + " 2 snapshots");
                    case TELLING ->
                        List.of(
                                "condition: Verified=TRUE Verified of generation 3",
                                "condition: Notified=TRUE Sent of generation 3",
                                "outbox: [Isolated sent to mail, Isolated sent to siem]",
                                "told: [Isolated to mail, Isolated to siem]");
                    case TELLING_RELEASE ->
                        List.of(
                                "condition: Ready=TRUE Released of generation 4",
                                "condition: Notified=TRUE Sent of generation 4",
                                "outbox: [Isolated sent to mail, Isolated sent to siem, Released sent to mail,"
                                        + " Released sent to siem]",
                                "told: [Isolated to mail, Released to mail, Isolated to siem, Released to siem]");
                });
    }

    /** Whether the operator has looked, by the calls of AWS that it made since the beginning. */
    boolean isNoticed(Predicate<String> called) {
        return switch (this) {
            case DRIFT_OF_INTERFACES_AND_RULES, DRIFT_OF_ISOLATION_GROUPS -> called.test("DescribeSecurityGroups");
            case RELEASE, EVIDENCE_RELEASE, TELLING_RELEASE -> called.test("DescribeInstances");
            case NEXT_EPISODE, EVIDENCE, TELLING -> called.test("GetFindings");
        };
    }

    /**
     * How far the clock goes from look to look while somebody works: so little that it is no faster than the machine, for slow
     * threads must not look like minutes without a sweep; not at all where things that happen at once are to have an order.
     */
    Duration step() {
        return isOrdered() ? Duration.ZERO : Duration.ofMillis(10);
    }

    /** Whether things that the operator does at once are to have an order, so that any two of its lives are alike. */
    boolean isOrdered() {
        return this == TELLING || this == TELLING_RELEASE;
    }

    /** What it is about, where it begins with the writes of another chapter, in which an operator dies there. */
    Optional<String> action() {
        return switch (this) {
            case EVIDENCE -> Optional.of("autoscaling:DetachInstances");
            case EVIDENCE_RELEASE -> Optional.of("ec2:AssociateIamInstanceProfile");
            case TELLING, TELLING_RELEASE -> Optional.of("kubernetes:createEvent");
            case DRIFT_OF_INTERFACES_AND_RULES, DRIFT_OF_ISOLATION_GROUPS, RELEASE, NEXT_EPISODE -> Optional.empty();
        };
    }

    /** Does what comes before it, after the isolation. */
    void prepare(OperatorWorld world, IsolationScene scene) {}

    /** Does what begins it; the operator learns of it by itself. */
    abstract void begin(OperatorWorld world, IsolationScene scene);

    private static FindingTemplate activity(IsolationScene scene, String finding) {
        return FindingTemplate.maliciousIpCallerCustom(scene.instance(), "198.51.100.17", "Custom-Threat-List")
                .id(finding);
    }

    private static Group ownGroup(RegionWorld region, IsolationScene scene, String vpc) {
        return scene.groups(region)
                .filter(group -> group.vpc().equals(vpc))
                .filter(group -> region.tagsOf(group.id()).containsKey(Marks.OWNER))
                .findFirst()
                .orElseThrow();
    }
}
