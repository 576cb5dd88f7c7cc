package io.ec2quarantine.sim;

import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;

/** The simulator as a program of its own: {@code --port N} (4566 by default, 0 for a free one) and {@code --scene workshop}. */
public final class SimulatorMain {
    private static final String USAGE = "Usage: SimulatorMain [--port N] [--scene workshop]";
    private static final String ACCOUNT = "111122223333";

    private record Options(int port, boolean workshop) {
        static Options parse(List<String> words) {
            int port = 4566;
            boolean workshop = false;
            for (int i = 0; i < words.size(); i += 2) {
                var value = i + 1 < words.size() ? words.get(i + 1) : "";
                switch (words.get(i)) {
                    case "--port" -> port = Integer.parseInt(value);
                    case "--scene" -> workshop = requireWorkshop(value);
                    default -> throw new IllegalArgumentException(words.get(i));
                }
            }
            return new Options(port, workshop);
        }

        private static boolean requireWorkshop(String scene) {
            if (!scene.equals("workshop")) {
                throw new IllegalArgumentException(scene);
            }
            return true;
        }
    }

    private SimulatorMain() {}

    /** Serves until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        Options options;
        try {
            options = Options.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        var world = new World(InstantSource.system());
        var account = world.account(ACCOUNT);
        var region = account.region("us-west-2");
        AwsSimulator simulator;
        try {
            simulator = AwsSimulator.start(world, options.port()).requestLimits(true);
        } catch (UncheckedIOException taken) {
            System.err.println(taken.getMessage() + "; choose another: make simulator PORT=4567");
            System.exit(1);
            return;
        }
        if (options.workshop()) {
            var scene = WorkshopScene.build(world);
            List.of(
                            scene.compromisedInstance(),
                            scene.maliciousInstance(),
                            scene.compromisedInstance2(),
                            scene.compromisedInstance3())
                    .forEach(instance -> region.addVolume(instance, "/dev/xvda"));
        }
        System.out.printf(
                """
                Simulated AWS is ready; paste this into another terminal, then for example: aws ec2 describe-instances
                export AWS_ENDPOINT_URL=%s
                export AWS_ACCESS_KEY_ID=%s
                export AWS_SECRET_ACCESS_KEY=%s
                export AWS_REGION=us-west-2 AWS_DEFAULT_REGION=us-west-2
                # Findings, faults and the log of calls: curl %s/_simulator
                """, simulator.endpoint(), account.accessKeyId(), account.secretAccessKey(), simulator.endpoint());
        System.out.flush();
        Thread.currentThread().join();
    }
}
