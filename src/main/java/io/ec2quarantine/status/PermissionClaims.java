package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Condition;
import io.ec2quarantine.api.v1alpha1.ConditionType;
import io.ec2quarantine.api.v1alpha1.IsolationPolicyStatus;
import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.access.Access;
import io.ec2quarantine.core.preflight.Answer;
import io.ec2quarantine.core.preflight.Checked;
import io.ec2quarantine.core.preflight.Feature;
import io.ec2quarantine.core.preflight.Need;
import io.ec2quarantine.core.preflight.Needs;
import io.ec2quarantine.core.preflight.Part;
import io.ec2quarantine.core.preflight.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the dry runs let a policy say of the rights of its roles. */
public final class PermissionClaims {
    private static final ConditionType TYPE = ConditionType.PERMISSIONS_SUFFICIENT;
    /** Without these there is no isolation: where they could not be tried, nothing is known. */
    private static final Set<Feature> ESSENTIAL = Set.of(Feature.LOOK, Feature.ISOLATE, Feature.GROUP);

    private static final int MOST_NAMED = 4;

    private final Set<Feature> asked;
    private final Access access;
    private final List<Checked.Tried> tried;
    private final List<Checked.Unreadable> unreadable;
    private final List<Checked.GivenUp> givenUp;

    private PermissionClaims(Collection<Feature> asked, Access access, List<Checked> places) {
        this.asked = Set.copyOf(asked);
        this.access = access;
        this.tried = some(places, Checked.Tried.class);
        // Where nobody has said that the roles exist, that they cannot be had says nothing.
        this.unreadable = some(places, Checked.Unreadable.class).stream()
                .filter(each -> each.place().certain())
                .toList();
        this.givenUp = some(places, Checked.GivenUp.class);
    }

    /** Takes together what was found in every account and Region that a policy acts in. */
    public static Claim of(Collection<Feature> asked, Access access, List<Checked> places) {
        return new PermissionClaims(asked, access, places).claim();
    }

    /** The status with what was found; where nothing is tried, no word stands that was said when it was. */
    public static IsolationPolicyStatus in(
            IsolationPolicyStatus status, boolean isTried, Optional<Claim> found, long generation, Instant now) {
        List<Condition> kept = isTried
                ? status.conditions()
                : status.conditions().stream()
                        .filter(each -> !TYPE.text().equals(each.type()))
                        .toList();
        return new IsolationPolicyStatus(
                status.observedGeneration(),
                Conditions.upsert(kept, found.stream().toList(), generation, now),
                status.sources(),
                status.matchedFindings(),
                status.activeQuarantines(),
                status.deferred());
    }

    private Claim claim() {
        List<String> notAllowed = noRoles()
                .filter(CallFailure.RoleNotAllowed.class::isInstance)
                .map(CallFailure::sentence)
                .distinct()
                .toList();
        List<String> missing = Stream.of(refusals(), refusedRoles(), denials())
                .flatMap(each -> each)
                .distinct()
                .toList();
        if (!notAllowed.isEmpty() || !missing.isEmpty()) {
            return Claim.no(
                    TYPE,
                    notAllowed.isEmpty() ? "MissingPermissions" : "RoleNotAllowed",
                    Stream.of(named(notAllowed, " "), missing(missing))
                            .filter(each -> !each.isEmpty())
                            .collect(Collectors.joining(" ")));
        }
        List<String> open = access.isSplit() ? openings() : List.of();
        if (!open.isEmpty()) {
            return Claim.no(
                    TYPE,
                    "TooMuchAllowed",
                    "The role " + access.toRespond().orElse("") + " may move an interface into any security group in "
                            + named(open, ", ")
                            + ", and so open what is isolated, though a release role is named; attach"
                            + " docs/iam/responder.json to it and nothing beside.");
        }
        if (!givenUp.isEmpty()) {
            return Claim.unknown(
                    TYPE,
                    "GivenUp",
                    named(givenUp.stream().map(Checked.GivenUp::sentence).toList(), " "));
        }
        List<String> unanswered = Stream.concat(
                        unreadable.stream().map(each -> each.failure().sentence()), unanswered())
                .distinct()
                .toList();
        if (!unanswered.isEmpty()) {
            return Claim.unknown(TYPE, "Unreadable", named(unanswered, " "));
        }
        List<String> nothing = nothingToTryOn()
                .map(each -> each.need().action() + " in " + each.place())
                .distinct()
                .toList();
        if (tried.isEmpty() || !nothing.isEmpty()) {
            return Claim.unknown(TYPE, "NotCheckable", notCheckable(nothing));
        }
        return Claim.yes(
                TYPE, "AllAllowed", "Whatever could be tried is allowed in " + places() + "." + remarks(Set.of()));
    }

    /** No document helps against a name that is wrong, of which AWS says no more than of a role that it refuses. */
    private String missing(List<String> missing) {
        if (missing.isEmpty()) {
            return "";
        }
        String names = noRoles().anyMatch(PermissionClaims::isDenied)
                ? " Check the names under spec.response.access as well: AWS refuses a role that does not exist in the same words."
                : "";
        return named(missing, "; ") + "; allow it by the documents under docs/iam, it is checked again about every"
                + " five minutes." + names;
    }

    /** Why roles could not be had. */
    private Stream<CallFailure> noRoles() {
        return Stream.concat(
                        unreadable.stream().map(Checked.Unreadable::failure),
                        tried.stream()
                                .flatMap(place -> needs(place, Answer.NoAnswer.class::isInstance)
                                        .map(need -> place.answers().get(need)))
                                .flatMap(answer -> answer instanceof Answer.NoAnswer(CallFailure failure)
                                        ? Stream.of(failure)
                                        : Stream.empty()))
                .filter(failure -> failure.call().startsWith("sts:"));
    }

    private Stream<String> refusals() {
        return unreadable.stream()
                .filter(each -> isDenied(each.failure()))
                .map(each -> each.failure().call() + " in " + each.place() + " for " + role(Part.RESPONDER)
                        + " (without it " + Feature.LOOK.without() + ")");
    }

    /** The responder was there, and another role could not be had. */
    private Stream<String> refusedRoles() {
        return tried.stream()
                .flatMap(place -> needs(place, PermissionClaims::isOfARefusedRole)
                        .map(need -> "sts:AssumeRole in " + place.place() + " for " + role(need.part())
                                + " (without it " + need.feature().without() + ")"));
    }

    private static boolean isOfARefusedRole(Answer answer) {
        return answer instanceof Answer.NoAnswer(CallFailure failure)
                && isDenied(failure)
                && failure.call().startsWith("sts:");
    }

    private static boolean isDenied(CallFailure failure) {
        return failure instanceof CallFailure.Denied;
    }

    private Stream<String> denials() {
        return tried.stream()
                .flatMap(place -> needs(place, answer -> answer instanceof Answer.Denied)
                        .map(need -> need.action() + " in " + place.place() + " for " + role(need.part())
                                + " (without it " + need.feature().without() + ")"));
    }

    private List<String> openings() {
        return tried.stream()
                .filter(each -> each.opening() instanceof Answer.Allowed)
                .map(each -> each.place().toString())
                .toList();
    }

    private Stream<String> unanswered() {
        return tried.stream()
                .flatMap(place -> place.answers().entrySet().stream()
                        .filter(each -> asked.contains(each.getKey().feature()))
                        .map(each -> each.getValue())
                        .flatMap(answer -> answer instanceof Answer.NoAnswer(CallFailure failure)
                                ? Stream.of(failure.sentence())
                                : Stream.empty()));
    }

    /** What of the essential could not be tried. */
    private Stream<Untried> nothingToTryOn() {
        return tried.stream()
                .flatMap(place -> needs(place, answer -> answer instanceof Answer.NothingToTryOn)
                        .filter(need -> ESSENTIAL.contains(need.feature()))
                        .map(need -> new Untried(need, place.place())));
    }

    private record Untried(Need need, Place place) {}

    private String notCheckable(List<String> nothing) {
        Set<String> said = nothingToTryOn().map(each -> each.need().action()).collect(Collectors.toSet());
        return tried.isEmpty()
                ? "No account is known yet in which the roles could be tried; that comes with the first quarantine, or with"
                        + " spec.match.accountIDs." + remarks(said)
                : "Nothing was denied, but there is no instance or isolation group yet to try this on: "
                        + named(nothing, ", ") + "." + remarks(said);
    }

    /** @param said the actions that are named already: one that several features need is named once */
    private String remarks(Set<String> said) {
        List<String> remarks = new ArrayList<>();
        List<String> untried = tried.stream()
                .flatMap(place -> needs(place, answer -> answer instanceof Answer.NothingToTryOn)
                        .filter(need -> !ESSENTIAL.contains(need.feature()))
                        .map(Need::action))
                .filter(action -> !said.contains(action))
                .distinct()
                .sorted()
                .toList();
        List<String> later = Needs.of(asked).stream()
                .filter(need -> need.trial().isEmpty())
                .map(Need::action)
                .filter(action -> !said.contains(action) && !untried.contains(action))
                .distinct()
                .sorted()
                .toList();
        if (!later.isEmpty()) {
            remarks.add("Known only at the first use: " + String.join(", ", later) + ".");
        }
        if (!untried.isEmpty()) {
            remarks.add("There was nothing to try this on" + (said.isEmpty() ? ": " : " either: ")
                    + String.join(", ", untried) + ".");
        }
        if (!access.isSplit()) {
            remarks.add("The same identity isolates and gives back: spec.response.access names no release role.");
        } else if (tried.stream().anyMatch(each -> each.opening() instanceof Answer.NothingToTryOn)) {
            remarks.add("Whether the responder can open an instance could not be tried everywhere: there is none that"
                    + " is not isolated.");
        }
        return remarks.isEmpty() ? "" : " " + String.join(" ", remarks);
    }

    private Stream<Need> needs(Checked.Tried place, Predicate<Answer> wanted) {
        return Needs.of(asked).stream()
                .filter(need -> Optional.ofNullable(place.answers().get(need))
                        .filter(wanted)
                        .isPresent());
    }

    private String places() {
        return named(tried.stream().map(each -> each.place().toString()).toList(), ", ");
    }

    private String role(Part part) {
        Optional<String> name = switch (part) {
            case RESPONDER -> access.toRespond();
            case RELEASE -> access.toRelease();
            case RULES -> access.toPutRules();
            case OPERATOR -> Optional.empty();
        };
        return name.map(each -> "the role " + each).orElse("the operator's identity");
    }

    private static String named(List<String> all, String separator) {
        String first = all.stream().limit(MOST_NAMED).collect(Collectors.joining(separator));
        return all.size() <= MOST_NAMED ? first : first + separator + "and " + (all.size() - MOST_NAMED) + " more";
    }

    private static <T extends Checked> List<T> some(List<Checked> places, Class<T> kind) {
        return places.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
