package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import io.ec2quarantine.sim.WorkshopScene;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps everything running until Ctrl-C, and says how to look around. */
final class Hold implements Demo.Encore {
    private final Optional<Path> tools;

    /** The directory of the aws command line that the project installed, where it did. */
    Hold(Optional<Path> tools) {
        this.tools = tools;
    }

    @Override
    public void play(StageSet set, Operator.Running running, Screen screen) {
        screen.heading("Everything goes on running", "to look around, paste this into another terminal");
        set.visitorEnvironment().forEach((key, value) -> screen.line("  export " + key + "=" + value));
        path(set).ifPresent(path -> screen.line("  export PATH=" + path + ":$PATH"));
        set.cluster().lacks().ifPresent(lacks -> screen.paragraph("  ", 2, Style.DIM, lacks));
        screen.heading("What is there", "");
        (set.cluster().kubectl().isPresent() ? withKubectl(set) : withCurl(set)).forEach(screen::line);
        withAws(set).forEach(screen::line);
        screen.heading("Move the instance back into its old group, and see it undone within seconds", "");
        moveBack(set).forEach(screen::line);
        screen.heading("Let another instance talk to the address on the threat list", "");
        compromiseAnother(set).forEach(screen::line);
        screen.line("");
        screen.line(screen.paint(Style.BOLD, "Ctrl-C ends it all.") + "  What happens until then is told here.");
        screen.line("");
        throw new SceneFailure(running.end().join());
    }

    /** Where the programs are that the project itself provided; whoever has their own needs no more. */
    private Optional<String> path(StageSet set) {
        String directories = Stream.concat(
                        tools.stream().filter(directory -> Files.isExecutable(directory.resolve("aws"))),
                        set.cluster().kubectl().stream()
                                .filter(Files::isExecutable)
                                .map(Path::getParent))
                .map(Path::toString)
                .collect(Collectors.joining(":"));
        return Optional.of(directories).filter(path -> !path.isEmpty());
    }

    private static List<String> withKubectl(StageSet set) {
        return List.of(
                "  kubectl get qi -o wide",
                "  kubectl describe qi " + scene(set).compromisedInstance(),
                "  kubectl get isopol,events");
    }

    private static List<String> withCurl(StageSet set) {
        String api = set.cluster().url() + "/apis/ec2quarantine.io/v1alpha1";
        return List.of("  curl " + api + "/quarantinedinstances");
    }

    private static List<String> withAws(StageSet set) {
        return List.of(
                "  aws ec2 describe-instances --instance-ids " + scene(set).compromisedInstance() + " \\",
                "    --query 'Reservations[].Instances[].NetworkInterfaces[].Groups[]'",
                "  aws guardduty list-findings --detector-id "
                        + set.ec2().region().detectorId());
    }

    private static List<String> moveBack(StageSet set) {
        String networkInterface = set.ec2()
                .region()
                .interfacesOf(scene(set).compromisedInstance())
                .getFirst()
                .id();
        return List.of(
                "  aws ec2 modify-network-interface-attribute \\",
                "    --network-interface-id " + networkInterface + " --groups "
                        + scene(set).targetSecurityGroup());
    }

    private static List<String> compromiseAnother(StageSet set) {
        return List.of(
                "  curl -X POST $AWS_ENDPOINT_URL/_simulator/findings \\",
                "    -d '{\"template\":\"MaliciousIPCaller.Custom\",\"instanceId\":\""
                        + scene(set).compromisedInstance2() + "\"}'");
    }

    private static WorkshopScene scene(StageSet set) {
        return set.ec2().scene();
    }
}
