package io.ec2quarantine.aws;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.RegionMetadata;

/** The Regions that there were when this version was made. There may be more by now, so that none is refused for this. */
final class KnownRegions {
    private static final int MOST_NAMED = 3;
    private static final int MOST_EDITS = 2;

    private KnownRegions() {}

    /** What speaks against a Region's name, in one sentence; empty where it is known. */
    static Optional<String> doubt(String name) {
        if (all().anyMatch(name::equals)) {
            return Optional.empty();
        }
        List<String> like = like(name);
        String meant = like.isEmpty() || like.size() > MOST_NAMED
                ? "; check how it is spelled."
                : "; did you mean " + String.join(" or ", like) + "?";
        return Optional.of(name + " is no Region that this version knows" + meant);
    }

    private static List<String> like(String name) {
        int fewest = all().mapToInt(each -> edits(name, each)).min().orElse(Integer.MAX_VALUE);
        return fewest > MOST_EDITS
                ? List.of()
                : all().filter(each -> edits(name, each) == fewest).sorted().toList();
    }

    private static Stream<String> all() {
        return Region.regions().stream()
                .filter(each -> !each.isGlobalRegion() && RegionMetadata.of(each) != null)
                .map(Region::id);
    }

    /** How many letters were put in, left out, mistaken or exchanged with their neighbours. */
    private static int edits(String one, String other) {
        int[][] edits = new int[one.length() + 1][other.length() + 1];
        Arrays.setAll(edits[0], column -> column);
        for (int row = 1; row <= one.length(); row++) {
            edits[row][0] = row;
            for (int column = 1; column <= other.length(); column++) {
                boolean same = one.charAt(row - 1) == other.charAt(column - 1);
                int least = Math.min(
                        edits[row - 1][column - 1] + (same ? 0 : 1),
                        1 + Math.min(edits[row - 1][column], edits[row][column - 1]));
                boolean exchanged = row > 1
                        && column > 1
                        && one.charAt(row - 1) == other.charAt(column - 2)
                        && one.charAt(row - 2) == other.charAt(column - 1);
                edits[row][column] = exchanged ? Math.min(least, edits[row - 2][column - 2] + 1) : least;
            }
        }
        return edits[one.length()][other.length()];
    }
}
