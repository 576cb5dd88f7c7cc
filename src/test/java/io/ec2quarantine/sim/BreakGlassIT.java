package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands of docs/break-glass.md, as they stand there, with the real aws command line. */
class BreakGlassIT {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final String PREFIX = "ec2quarantine.io/";

    private final AwsSimulator simulator = AwsSimulator.start(new MovableClock(Instant.parse("2026-11-02T08:00:00Z")));
    private final RegionWorld region = simulator.world().account("111122223333").region("us-west-2");
    private final Model.Vpc vpc = region.vpc("vpc-0aaaaaaaaaaaaaaaa", true);
    private final Model.Group web = region.securityGroup(vpc, "web");
    private final Model.Group database = region.securityGroup(vpc, "database");
    private final String instance =
            region.instance("web").in(vpc).groups(web).launch().id();
    private final String eni = region.interfacesOf(instance).getFirst().id();

    @AfterEach
    void stop() {
        simulator.close();
    }

    @Test
    void whatIsQuarantinedIsFoundAndTold() {
        String closed = isolate();

        List<String> blocks = blocks("Find what is quarantined");

        assertThat(run(blocks.getFirst()).strip().split("\\s+", -1)).containsExactly(instance, eni, closed);
        assertThat(run(blocks.getLast())).isBlank();
        region.addRule(closed, Model.Permission.all(false, "0.0.0.0/0"));
        assertThat(run(blocks.getLast())).contains("sgr-");
    }

    @Test
    void anInterfaceIsGivenBackAsItsTagsTell() {
        isolate();

        String printed = run(String.join("\n", blocks("Give an interface back")));

        assertThat(printed).contains("web").contains("database");
        assertThat(region.interfacesOf(instance).getFirst().groups())
                .containsExactlyInAnyOrder(web.id(), database.id());
        assertThat(region.tagsOf(eni)).isEmpty();
    }

    @Test
    void anInstanceIsIsolatedByHand() {
        String printed = run(String.join("\n", blocks("Isolate by hand")));

        assertThat(printed).contains(web.id());
        assertThat(region.interfacesOf(instance).getFirst().groups())
                .singleElement()
                .satisfies(group -> assertThat(region.groupOf(group).rules()).isEmpty())
                .isNotEqualTo(web.id());
    }

    @Test
    void theNextInterfaceOfTheVpcIsIsolatedByTheSameCommandsInTheSameGroup() {
        String second = region.attach(instance, details -> details.groups(database.id()))
                .id();
        String commands = String.join("\n", blocks("Isolate by hand"));
        run(commands);
        String group = region.interfacesOf(instance).getFirst().groups().getFirst();
        region.addRule(group, Model.Permission.all(false, "0.0.0.0/0"));

        String printed = run(commands, second);

        assertThat(printed).contains(database.id());
        assertThat(region.interfacesOf(instance))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.groups()).containsExactly(group));
        assertThat(region.groupOf(group).rules()).isEmpty();
    }

    /** As the operator leaves it. */
    private String isolate() {
        String closed = region.securityGroup(vpc, "closed").id();
        region.removeRules(closed);
        region.setGroups(eni, closed)
                .tag(eni, PREFIX + "state", "isolated")
                .tag(eni, PREFIX + "baseline", web.id())
                .tag(eni, PREFIX + "baseline-2", database.id());
        return closed;
    }

    private static List<String> blocks(String heading) {
        try {
            String page = Files.readString(Path.of("docs/break-glass.md"));
            String section = page.substring(page.indexOf("## " + heading));
            int next = section.indexOf("\n## ", 1);
            return BLOCK.matcher(next < 0 ? section : section.substring(0, next))
                    .results()
                    .map((MatchResult each) -> each.group(1))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String run(String script) {
        return run(script, eni);
    }

    private String run(String script, String interfaceId) {
        var environment = new HashMap<>(Map.of(
                "AWS_ENDPOINT_URL", simulator.endpoint().toString(),
                "AWS_ACCESS_KEY_ID", region.account().accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", region.account().secretAccessKey(),
                "AWS_DEFAULT_REGION", region.name(),
                "AWS_MAX_ATTEMPTS", "1",
                "ENI", interfaceId,
                "INSTANCE", instance));
        var tools = Objects.requireNonNull(Path.of(PythonTools.program("aws", List.of(), Map.of())
                        .command()
                        .getFirst())
                .getParent());
        var builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
        builder.environment().putAll(environment);
        builder.environment().merge("PATH", tools.toString(), (path, own) -> own + ":" + path);
        var process = PythonTools.start(builder);
        try {
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(script + errors).isZero();
            return output;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
