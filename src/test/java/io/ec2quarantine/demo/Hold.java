package io.ec2quarantine.demo;

import io.ec2quarantine.demo.Screen.Style;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps everything running until Ctrl-C, and says how to look around. */
final class Hold implements Demo.Encore {
    private static final List<String> WITH_KUBECTL = List.of("  kubectl get qi -o wide", "  kubectl get isopol,events");

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
        (set.cluster().kubectl().isPresent() ? WITH_KUBECTL : withCurl(set)).forEach(screen::line);
        if (set.scenery() instanceof Ec2View ec2) {
            workshop(set, ec2, screen);
        }
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

    private static List<String> withCurl(StageSet set) {
        String api = set.cluster().url() + "/apis/ec2quarantine.io/v1alpha1";
        return List.of("  curl " + api + "/quarantinedinstances");
    }

    private static void workshop(StageSet set, Ec2View ec2, Screen screen) {
        String instance = ec2.scene().compromisedInstance();
        if (set.cluster().kubectl().isPresent()) {
            screen.line("  kubectl describe qi " + instance);
        }
        withAws(ec2, instance).forEach(screen::line);
        screen.heading("Move the instance back into its old group, and see it undone within seconds", "");
        moveBack(ec2, instance).forEach(screen::line);
        screen.heading("Let another instance talk to the address on the threat list", "");
        compromiseAnother(ec2).forEach(screen::line);
    }

    private static List<String> withAws(Ec2View ec2, String instance) {
        return List.of(
                "  aws ec2 describe-instances --instance-ids " + instance + " \\",
                "    --query 'Reservations[].Instances[].NetworkInterfaces[].Groups[]'",
                "  aws guardduty list-findings --detector-id " + ec2.region().detectorId());
    }

    private static List<String> moveBack(Ec2View ec2, String instance) {
        String networkInterface = ec2.region().interfacesOf(instance).getFirst().id();
        return List.of(
                "  aws ec2 modify-network-interface-attribute \\",
                "    --network-interface-id " + networkInterface + " --groups "
                        + ec2.scene().targetSecurityGroup());
    }

    private static List<String> compromiseAnother(Ec2View ec2) {
        return List.of(
                "  curl -X POST $AWS_ENDPOINT_URL/_simulator/findings \\",
                "    -d '{\"template\":\"MaliciousIPCaller.Custom\",\"instanceId\":\""
                        + ec2.scene().compromisedInstance2() + "\"}'");
    }
}
