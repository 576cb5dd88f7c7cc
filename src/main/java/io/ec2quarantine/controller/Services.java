package io.ec2quarantine.controller;

import io.ec2quarantine.api.v1alpha1.IsolationPolicy;
import io.ec2quarantine.api.v1alpha1.QuarantinedInstance;
import io.ec2quarantine.aws.AwsSessions;
import io.ec2quarantine.cluster.Catalog;
import io.ec2quarantine.cluster.Installation;
import io.ec2quarantine.cluster.PolicyReader;
import io.ec2quarantine.cluster.ReconcileTrigger;
import io.ec2quarantine.core.Scheduler;
import io.ec2quarantine.ingest.ExpressionBook;
import io.ec2quarantine.ingest.FindingBook;
import java.time.Duration;

/**
 * What every pass over a quarantine draws on.
 *
 * @param validity how long a read proves an isolation
 */
record Services(
        AwsSessions sessions,
        Catalog<IsolationPolicy> policies,
        PolicyReader reader,
        Catalog<QuarantinedInstance> quarantines,
        FindingBook findings,
        ExpressionBook expressions,
        VerificationBook verifications,
        QuarantineObserver observer,
        SurroundingsReader surroundings,
        PlanExecutor executor,
        Untracking untracking,
        Scheduler scheduler,
        ReconcileTrigger trigger,
        Backoff backoff,
        LookLimiter observedLooks,
        Installation installation,
        Home home,
        Duration validity) {}
