package io.ec2quarantine;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;

/** A pure core, thin edges, one direction. */
class ArchitectureTest {
    private static final String ROOT = "io.ec2quarantine";
    private static final JavaClasses MAIN = read(new ImportOption.DoNotIncludeTests());
    private static final JavaClasses MAIN_AND_TESTS = read(_ -> true);
    private static final String LAYERS = """
            layer      | may use
            api        |
            core       |
            config     |
            expression | core
            status     | api core
            aws        | core
            notice     | api core
            cluster    | api core expression
            notify     | api aws cluster core notice
            ingest     | api aws cluster core status
            controller | api aws cluster core ingest notice notify status
            runtime    | api aws cluster config controller core ingest notify status
            recover    | api aws cluster config core runtime status
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = LAYERS)
    void aLayerUsesOnlyWhatIsBelowIt(String layer, @Nullable String mayUse) {
        String[] allowed = Stream.concat(Stream.of(layer), words(mayUse))
                .map(each -> ROOT + "." + each + "..")
                .toArray(String[]::new);

        classes()
                .that()
                .resideInAPackage(ROOT + "." + layer + "..")
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + "..")).or(resideInAnyPackage(allowed)))
                .check(MAIN);
    }

    @Test
    void everyPackageIsOneOfTheLayers() {
        Set<String> packages = MAIN.stream()
                .map(each -> each.getPackageName().substring(ROOT.length()))
                .filter(rest -> !rest.isEmpty())
                .map(rest -> rest.split("\\.", -1)[1])
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(packages)
                .isEqualTo(LAYERS.lines()
                        .skip(1)
                        .map(line -> line.substring(0, line.indexOf('|')).strip())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void mainOnlyStartsTheOperator() {
        classes()
                .that()
                .haveFullyQualifiedName(Main.class.getName())
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + ".."))
                        .or(resideInAnyPackage(
                                ROOT,
                                ROOT + ".cluster..",
                                ROOT + ".config..",
                                ROOT + ".core..",
                                ROOT + ".recover..",
                                ROOT + ".runtime..")))
                .check(MAIN);
    }

    @Test
    void theCoreKnowsNothingButJava() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".core..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".core..")
                .check(MAIN);
    }

    @Test
    void theStatusIsMadeOfValuesAlone() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".status..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", ROOT + ".core..", ROOT + ".api..", ROOT + ".status..")
                .check(MAIN);
    }

    @Test
    void theSdkHasOneHome() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".aws..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(MAIN);
    }

    @Test
    void theExpressionLanguageHasOneHome() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".expression..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.cel..", "com.google..")
                .check(MAIN);
    }

    @Test
    void nobodyInMainTellsTheTimeButTheScheduler() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".runtime.SystemScheduler")
                .should()
                .callMethodWhere(target(name("now").or(name("currentTimeMillis")))
                        .and(targetOwner(assignableTo(Instant.class).or(assignableTo(System.class)))))
                .orShould()
                .callMethodWhere(target(nameMatching("system.*")).and(targetOwner(assignableTo(Clock.class))))
                .check(MAIN);
    }

    @Test
    void thereIsOneWayToLogAndNoOtherWayToPrint() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .callMethodWhere(target(name("printStackTrace")))
                .check(MAIN);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".runtime.OperatorProcess")
                .should()
                .accessField(System.class, "err")
                .because("only a bad setting is told beside the log, for the log's own format may be what is bad")
                .check(MAIN);
    }

    @Test
    void nobodySleepsNotEvenInTests() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".sim.AwsSimulator")
                .should()
                .callMethodWhere(target(name("sleep")).and(targetOwner(assignableTo(Thread.class))))
                .because("a test waits for a condition; only the simulator's latency is time itself")
                .check(MAIN_AND_TESTS);
    }

    /** Who changes what in AWS, and with which requests. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            gateway             | changes                                                   | used by
            Ec2Gateway          | createGroup authorize revoke deleteGroup replaceGroups replaceInstanceGroups tag untag \
            setApiTerminationDisabled setShutdownBehavior                                   | PlanExecutor IsolationGroupMaker \
            Untracking
            ConnectionGateway   | disassociate associate setAutomaticAddress setTimeouts   | ConnectionCutter
            Ec2EvidenceGateway  | takeSnapshots disassociate associate                      | CopyVolumes TakeProfileAway EvidenceUndo
            AutoScalingGateway  | detach enterStandby attach exitStandby                    | LeaveScalingGroup EvidenceUndo
            LoadBalancerGateway | deregister register                                       | LeaveTargetGroups EvidenceUndo
            """)
    void onlyWhoIsNamedHereChangesAws(String gateway, String changes, String users) {
        Set<JavaMethod> changing = changingMethods(MAIN.get(ROOT + ".aws." + gateway));
        assertThat(changing)
                .extracting(JavaMethod::getName)
                .containsExactlyInAnyOrder(words(changes).toArray(String[]::new));

        assertThat(changing.stream()
                        .flatMap(method -> method.getAccessesToSelf().stream())
                        .map(access -> outermost(access.getOriginOwner()).getSimpleName())
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(words(users).toArray(String[]::new));
    }

    @Test
    void everyRequestThatChangesAwsIsCountedAsAWriteOfAGateway() {
        gateways().forEach(gateway -> {
            Set<String> writers =
                    changingMethods(gateway).stream().map(JavaMethod::getName).collect(Collectors.toSet());
            TreeMap<String, Set<String>> requests = gateway.getMethodCallsFromSelf().stream()
                    .filter(call -> isClient(call.getTargetOwner()))
                    .filter(call -> !isRead(call.getTarget().getName()))
                    .collect(Collectors.groupingBy(
                            call -> call.getOrigin().getName(),
                            TreeMap::new,
                            Collectors.mapping(call -> call.getTarget().getName(), Collectors.toSet())));

            assertThat(requests.keySet())
                    .as(gateway.getSimpleName())
                    .isNotEmpty()
                    .isSubsetOf(writers);
        });
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Gateway")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".aws.Ec2DryRuns")
                .should()
                .callMethodWhere(targetOwner(assignableTo(Ec2Client.class)
                                .or(assignableTo(AutoScalingClient.class))
                                .or(assignableTo(ElasticLoadBalancingV2Client.class)))
                        .and(not(target(name("builder")))))
                .check(MAIN);
    }

    /** Its requests all go through one method, which refuses those without DryRun: here they are method references. */
    @Test
    void whatAsksEc2CallsNothingThatWouldChangeIt() {
        assertThat(MAIN.get(ROOT + ".aws.Ec2DryRuns").getMethodCallsFromSelf().stream()
                        .filter(call -> call.getTargetOwner().isAssignableTo(Ec2Client.class)
                                || call.getTargetOwner().getSimpleName().equals("AwsCalls"))
                        .map(call -> call.getTarget().getName()))
                .contains("dryRun", "read")
                .allMatch(name -> name.startsWith("describe") || name.equals("dryRun") || name.equals("read"));
    }

    /** What is received comes again unless it is deleted: a read. */
    private static boolean isRead(String request) {
        return request.startsWith("describe") || request.equals("receiveMessage");
    }

    private static boolean isClient(JavaClass each) {
        return each.getPackageName().startsWith("software.amazon.awssdk.services.")
                && each.getSimpleName().endsWith("Client");
    }

    private static Stream<JavaClass> gateways() {
        return MAIN.stream()
                .filter(each -> each.getPackageName().equals(ROOT + ".aws")
                        && each.getSimpleName().endsWith("Gateway"));
    }

    /** Other people's classes are known by their names alone: looking into them would take a minute. */
    private static JavaClasses read(ImportOption option) {
        return ArchConfiguration.withThreadLocalScope(configuration -> {
            configuration.setResolveMissingDependenciesFromClassPath(false);
            return new ClassFileImporter().withImportOption(option).importPackages(ROOT);
        });
    }

    /** The methods of a gateway that make a write of what they are asked, by another method of theirs or themselves. */
    private static Set<JavaMethod> changingMethods(JavaClass gateway) {
        Set<JavaMethod> writing = gateway.getMethods().stream()
                .filter(method -> calls(method, "AwsCalls", "write"))
                .collect(Collectors.toSet());
        Set<String> helpers = writing.stream()
                .filter(method -> method.getModifiers().contains(JavaModifier.PRIVATE))
                .map(JavaMethod::getName)
                .collect(Collectors.toSet());
        return gateway.getMethods().stream()
                .filter(method -> !method.getModifiers().contains(JavaModifier.PRIVATE))
                .filter(method -> writing.contains(method)
                        || helpers.stream().anyMatch(helper -> calls(method, gateway.getSimpleName(), helper)))
                .collect(Collectors.toSet());
    }

    private static boolean calls(JavaMethod method, String owner, String name) {
        return method.getMethodCallsFromSelf().stream()
                .map(JavaAccess::getTarget)
                .anyMatch(call -> call.getOwner().getSimpleName().equals(owner)
                        && call.getName().equals(name));
    }

    private static JavaClass outermost(JavaClass each) {
        return each.getEnclosingClass().map(ArchitectureTest::outermost).orElse(each);
    }

    private static Stream<String> words(@Nullable String text) {
        return text == null ? Stream.of() : Arrays.stream(text.split(" ", -1));
    }
}
