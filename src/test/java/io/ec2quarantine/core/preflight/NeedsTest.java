package io.ec2quarantine.core.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is tried, and on what. */
class NeedsTest {
    private static final Sample WEB = new Sample("eni-1", "i-1", "vpc-1", List.of("sg-web"), false);
    private static final Sample ISOLATED = new Sample("eni-2", "i-2", "vpc-1", List.of("sg-closed"), true);
    private static final Map<String, String> OWNED = Map.of("sg-closed", "vpc-1");

    @Test
    void theSwapIsTriedIntoAnIsolationGroupOfTheSameVpc() {
        Samples samples = new Samples(
                List.of(new Sample("eni-0", "i-0", "vpc-0", List.of("sg-web"), false), WEB),
                OWNED,
                Map.of(),
                Optional.of("vpc-0"));

        assertThat(tried(Part.RESPONDER, Feature.ISOLATE, samples))
                .contains(new DryRun.Swap("eni-1", List.of("sg-closed")));
    }

    @Test
    void aGroupThatThePolicyNamesGoesBeforeOnesThatWereMade() {
        Samples samples = new Samples(List.of(WEB), OWNED, Map.of("vpc-1", "sg-named"), Optional.of("vpc-1"));

        assertThat(tried(Part.RESPONDER, Feature.ISOLATE, samples))
                .contains(new DryRun.Swap("eni-1", List.of("sg-named")));
    }

    @Test
    void givingBackIsTriedOnWhatIsIsolatedAndNowhereElse() {
        assertThat(tried(Part.RELEASE, Feature.RELEASE, new Samples(List.of(WEB), OWNED, Map.of(), Optional.empty())))
                .doesNotHaveAnyElementsOfTypes(DryRun.Swap.class);
        assertThat(tried(
                        Part.RELEASE,
                        Feature.RELEASE,
                        new Samples(List.of(WEB, ISOLATED), OWNED, Map.of(), Optional.empty())))
                .contains(new DryRun.Swap("eni-2", List.of("sg-closed")));
    }

    @Test
    void openingIsTriedOnWhatIsNotIsolatedForThatIsWhatTheResponderMustNot() {
        assertThat(Needs.opening(new Samples(List.of(ISOLATED, WEB), OWNED, Map.of(), Optional.empty())))
                .contains(new DryRun.Swap("eni-1", List.of("sg-web")));
        assertThat(Needs.opening(new Samples(List.of(ISOLATED), OWNED, Map.of(), Optional.empty())))
                .isEmpty();
        // Whoever isolates with a group of the policy's own may move an interface into that one.
        assertThat(Needs.opening(new Samples(List.of(WEB), OWNED, Map.of("vpc-1", "sg-web"), Optional.empty())))
                .isEmpty();
    }

    @Test
    void inAnEmptyAccountOnlyReadsAreTried() {
        Samples nothing = new Samples(List.of(), Map.of(), Map.of(), Optional.empty());

        assertThat(Needs.of(Set.of(Feature.values())).stream()
                        .flatMap(need -> need.trial().stream())
                        .flatMap(trial -> trial.apply(nothing).stream())
                        .map(each -> each.getClass().getSimpleName()))
                .isNotEmpty()
                .allMatch(name -> name.startsWith("Describe"));
    }

    private static List<DryRun> tried(Part part, Feature feature, Samples samples) {
        return Needs.of(Set.of(feature)).stream()
                .filter(need -> need.part() == part)
                .flatMap(need -> need.trial().stream())
                .flatMap(trial -> trial.apply(samples).stream())
                .toList();
    }
}
