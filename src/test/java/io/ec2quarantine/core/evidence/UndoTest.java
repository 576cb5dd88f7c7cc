package io.ec2quarantine.core.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a release does about what an isolation changed beside the groups. */
class UndoTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            was     | running | in    | state     | desired | most | undo | says
            Detach  | true    |       |           | 2       | 3    | Act  | attached to the Auto Scaling group web
            Detach  | true    | web   | InService | 3       | 3    | Done |
            Detach  | true    | web   | Pending   | 3       | 3    | Done |
            Detach  | true    |       |           | 3       | 3    | Left | no room (it wants 3 of at most 3 instances); raise its maximum and attach it
            Detach  | true    |       |           |         |      | Left | exists no more
            Detach  | true    | other | InService | 2       | 3    | Left | in the Auto Scaling group other now
            Detach  | true    | web   | Detaching | 2       | 3    | Left | still leaving
            Detach  | false   |       |           | 2       | 3    | Left | does not run; attach it
            Detach  | true    | web   | Standby   | 2       | 3    | Act  | off standby in the Auto Scaling group web
            Standby | true    | web   | Standby   | 2       | 3    | Act  | off standby in the Auto Scaling group web
            Standby | true    | web   | InService | 2       | 3    | Done |
            Standby | true    | web   | Standby   | 3       | 3    | Left | no room; end its standby
            Standby | false   | web   | Standby   | 2       | 3    | Left | does not run; end its standby
            Standby | true    |       |           | 2       | 3    | Left | on standby in the Auto Scaling group web no more
            """)
    void theInstanceGoesBackWhereThereIsRoomForIt(
            String was,
            boolean running,
            @Nullable String in,
            @Nullable String state,
            @Nullable Integer desired,
            @Nullable Integer most,
            String undo,
            @Nullable String says) {
        Undo found = Undo.scaling(
                new Recorded.Taken("web", was),
                running,
                Optional.ofNullable(in).map(group -> new ScalingMembership(group, String.valueOf(state), false)),
                desired == null || most == null
                        ? Optional.empty()
                        : Optional.of(new ScalingGroupState("web", desired, most)));

        assertUndo(found, undo, says);
    }

    @Test
    void theProfileIsGivenBackUnlessThereIsAnother() {
        String web = "arn:aws:iam::111122223333:instance-profile/web";
        String other = "arn:aws:iam::111122223333:instance-profile/other";

        assertUndo(Undo.profile(web, List.of()), "Act", "with the instance profile web");
        assertUndo(Undo.profile(web, List.of(new ProfileAssociation("a-1", web))), "Done", null);
        assertUndo(
                Undo.profile(web, List.of(new ProfileAssociation("a-1", other))),
                "Left",
                "the instance profile other now; web back");
    }

    @Test
    void snapshotsAloneAreNothingToUndo() {
        assertThat(Recorded.NOTHING.isUndoable()).isFalse();
        assertThat(new Recorded(Optional.empty(), List.of(), Optional.empty(), List.of("snap-1"), Optional.empty())
                        .isUndoable())
                .isFalse();
        assertThat(List.of(
                        new Recorded(
                                Optional.of(new Recorded.Taken("web", "Detach")),
                                List.of(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty()),
                        new Recorded(
                                Optional.empty(),
                                List.of(new TargetRegistration("arn", 80, "i-1", Optional.empty())),
                                Optional.empty(),
                                List.of(),
                                Optional.empty()),
                        new Recorded(Optional.empty(), List.of(), Optional.of("arn"), List.of(), Optional.empty())))
                .allMatch(Recorded::isUndoable);
    }

    private static void assertUndo(Undo found, String undo, @Nullable String says) {
        assertThat(found.getClass().getSimpleName()).isEqualTo(undo);
        String text = switch (found) {
            case Undo.Done _ -> "";
            case Undo.Act(String sentence) -> sentence;
            case Undo.Left(String sentence) -> sentence;
        };
        Optional.ofNullable(says).ifPresent(each -> assertThat(text).contains(each.split("; ")));
    }
}
