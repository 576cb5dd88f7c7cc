package io.ec2quarantine.demo;

import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.demo.ClusterWatch.Undone;
import io.ec2quarantine.sim.Model.Interface;
import io.ec2quarantine.sim.WorkshopScene;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The second act: somebody works against the isolation in three ways, and each is undone before the next. */
final class Meddling {
    private final Acting acting;
    private final Ec2View ec2;
    private final WorkshopScene scene;
    private final List<Undone> undone = new ArrayList<>();

    Meddling(Acting acting) {
        this.acting = acting;
        this.ec2 = acting.ec2();
        this.scene = ec2.scene();
    }

    /** Plays it; what each change met with, in their order, and the interface that came. */
    Ended play(EndState end) {
        Interface primary = ec2.region().interfacesOf(acting.instance()).getFirst();
        try (Visitor visitor = new Visitor(acting.set())) {
            visitor.putInto(scene.targetSecurityGroup(), primary.id());
            awaitUndone(end);
            Visitor.Attached attached =
                    visitor.attachAnother(acting.instance(), primary.subnet(), scene.targetSecurityGroup());
            awaitUndone(end);
            visitor.openPort(isolationGroup());
            awaitUndone(end);
            acting.awaitTold();
            acting.timeline().forgetReads();
            return new Ended(List.copyOf(undone), attached);
        }
    }

    /** How it ended. */
    record Ended(List<Undone> undone, Visitor.Attached attached) {}

    private void awaitUndone(EndState end) {
        int before = undone.size();
        Undone next = acting.await(
                () -> acting.cluster().undone().stream().skip(before).findFirst(),
                () -> "The " + ordinal(before) + " change, "
                        + acting.cluster().notUndone().orElse("which was not seen")
                        + ", was not found, undone and verified");
        List<String> problems = end.isolationProblems(quarantine());
        if (!problems.isEmpty()) {
            throw new SceneFailure(
                    "The operator says that it undid " + next.what() + ", and did not: " + String.join(" ", problems));
        }
        undone.add(next);
    }

    private static String ordinal(int before) {
        return List.of("first", "second", "third").get(before);
    }

    private QuarantinedInstance quarantine() {
        return acting.quarantine().orElseThrow();
    }

    private String isolationGroup() {
        return Objects.requireNonNull(
                quarantine().getStatus().isolationGroups().getFirst().groupID());
    }
}
