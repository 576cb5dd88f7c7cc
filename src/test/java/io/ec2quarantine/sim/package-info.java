/**
 * The project's own simulator of AWS: EC2, GuardDuty and STS on their real wire protocols, with AWS's semantics where
 * the operator depends on them. Start at {@link io.ec2quarantine.sim.AwsSimulator} and {@link io.ec2quarantine.sim.World}.
 */
@org.jspecify.annotations.NullMarked
package io.ec2quarantine.sim;
