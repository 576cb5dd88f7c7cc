package io.ec2quarantine.real;

import io.ec2quarantine.sim.AwsSimulator;
import io.ec2quarantine.sim.FindingTemplate;
import io.ec2quarantine.sim.Model.Group;
import io.ec2quarantine.sim.Model.Vpc;
import io.ec2quarantine.sim.RegionWorld;
import io.ec2quarantine.sim.World;
import io.ec2quarantine.testing.RealCluster;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real API server with the committed CRDs, the simulator of AWS, and operators as they ship. */
public final class RealWorld implements AutoCloseable {
    public static final String ACCOUNT = "111122223333";
    public static final String REGION = "us-west-2";
    static final String REMOTE_IP = "198.51.100.17";

    private final Path directory;
    private final RealCluster cluster;
    private final Kubectl kubectl;
    private final AwsSimulator simulator;
    private final Vpc vpc;
    private final Group target;
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();

    /** @param directory for all files of this world */
    RealWorld(Path directory) {
        this(directory, InstantSource.system());
    }

    /** A world whose AWS lives by this clock; the API server lives by the system's all the same. */
    RealWorld(Path directory, InstantSource clock) {
        this(directory, clock, true);
    }

    private RealWorld(Path directory, InstantSource clock, boolean schemas) {
        this.directory = directory;
        Path assets = RealCluster.assetsFromEnvironment();
        this.cluster = RealCluster.start(assets, directory.resolve("cluster"));
        this.kubectl = new Kubectl(assets, cluster.kubeconfig(), directory.resolve("kubectl-cache"));
        this.simulator = AwsSimulator.start(clock);
        this.vpc = region().vpc();
        this.target = region().securityGroup(vpc, "TargetSecurityGroup");
        if (schemas) {
            kubectl.does("apply", "-f", "crds");
            kubectl.does("wait", "--for=condition=Established", "--timeout=90s", "crd", "--all");
        }
    }

    /** A world whose API server does not know the two kinds yet. */
    public static RealWorld withoutSchemas(Path directory) {
        return new RealWorld(directory, InstantSource.system(), false);
    }

    public RealCluster cluster() {
        return cluster;
    }

    public Kubectl kubectl() {
        return kubectl;
    }

    public AwsSimulator simulator() {
        return simulator;
    }

    public World world() {
        return simulator.world();
    }

    public RegionWorld region() {
        return region(REGION);
    }

    RegionWorld region(String name) {
        return world().account(ACCOUNT).region(name);
    }

    /** The group that instances are in before anything happens to them. */
    public Group target() {
        return target;
    }

    /** Launches an instance in the target group. */
    public String launch(String name) {
        return region().instance(name).in(vpc).groups(target).launch().id();
    }

    /** Launches an instance with an id of the test's choice in the target group. */
    void launch(String name, String id) {
        region().instance(name).id(id).in(vpc).groups(target).launch();
    }

    /** Launches an instance in another Region, in a VPC of its own. */
    String launchIn(String region, String name) {
        return region(region).instance(name).in(region(region).vpc()).launch().id();
    }

    /** GuardDuty reports a finding of this type on the instance: the id of the finding. */
    public String report(String findingType, String instance) {
        return reportIn(REGION, findingType, instance);
    }

    /** GuardDuty reports a finding in another Region. */
    String reportIn(String region, String findingType, String instance) {
        return region(region).finding(FindingTemplate.named(findingType, instance, REMOTE_IP, "Custom-Threat-List"));
    }

    AwsCli aws() {
        return new AwsCli(awsEnvironment(simulator));
    }

    /** One more endpoint of the same AWS, with a call log and faults of its own; port 0 takes a free one. */
    AwsSimulator endpoint(int port) {
        AwsSimulator another = AwsSimulator.start(world(), port);
        ends.add(another::close);
        return another;
    }

    /** Starts an operator with these settings over its standard ones: alone, with short intervals. */
    public OperatorJar startOperator(String name, Map<String, String> settings) {
        return startOperator(name, simulator, settings);
    }

    /** Starts an operator that calls AWS at this endpoint. */
    OperatorJar startOperator(String name, AwsSimulator endpoint, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(awsEnvironment(endpoint));
        environment.put("KUBECONFIG", cluster.kubeconfig().toString());
        environment.put("HOSTNAME", name);
        environment.put("OPERATOR_HTTP_PORT", "0");
        environment.put("OPERATOR_LEADER_ELECTION", "false");
        // Its questions would stand among the calls that tests count.
        environment.put("OPERATOR_PREFLIGHT", "Off");
        environment.put("OPERATOR_POLL_INTERVAL_SECONDS", "1");
        // A read proves an isolation for two intervals, which a machine that does other things beside must not outlast.
        environment.put("OPERATOR_SWEEP_INTERVAL_SECONDS", "3");
        environment.putAll(settings);
        return startOperatorWith(name, environment);
    }

    /** Starts an operator that knows nothing but this. */
    public OperatorJar startOperatorWith(String name, Map<String, String> environment) {
        OperatorJar operator = OperatorJar.start(environment, directory.resolve(name + ".log"));
        ends.add(operator::close);
        return operator;
    }

    @Override
    public void close() {
        ends.reversed().forEach(Runnable::run);
        simulator.close();
        cluster.close();
    }

    /** What any AWS program is told to call AWS at this endpoint. */
    public Map<String, String> awsEnvironment(AwsSimulator endpoint) {
        return Map.of(
                "AWS_ENDPOINT_URL", endpoint.endpoint().toString(),
                "AWS_ACCESS_KEY_ID", world().account(ACCOUNT).accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", world().account(ACCOUNT).secretAccessKey(),
                "AWS_REGION", REGION,
                "AWS_DEFAULT_REGION", REGION);
    }
}
