package io.ec2quarantine.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A real API server that knows both kinds, to try things by hand, until this program is killed. */
final class ClusterMain {
    private ClusterMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path assets = RealCluster.assetsFromEnvironment();
        RealCluster cluster = RealCluster.start(assets, Files.createTempDirectory("real-cluster"));
        cluster.takeFilesAlong();
        Path kubectl = assets.resolve("kubectl");
        kubectl(kubectl, cluster, "apply", "-f", "crds");
        kubectl(kubectl, cluster, "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all");
        System.out.printf("""
                A Kubernetes API server is ready at %s; Ctrl-C ends it. Paste this into another terminal:
                export KUBECONFIG=%s
                export PATH=%s:$PATH
                """, cluster.url(), cluster.kubeconfig(), assets);
        new CountDownLatch(1).await();
    }

    private static void kubectl(Path program, RealCluster cluster, String... words)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.command().addFirst(program.toString());
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        if (builder.start().waitFor() != 0) {
            throw new IllegalStateException("kubectl " + String.join(" ", words) + " failed; it says why above.");
        }
    }
}
