package io.ec2quarantine.controller;

import io.ec2quarantine.cluster.ClusterFailures;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** The API server refuses what is written of an object, whoever asks again; its message is a sentence for the log. */
final class WriteRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WriteRefused(String target, KubernetesClientException cause) {
        super(
                "The status of " + target + " was not written (" + ClusterFailures.detail(cause) + "), and nothing is"
                        + " done that rests on it: with the chart's admission policies its status may only be written by the"
                        + " service account of the operator; run the operator as that, or set admissionPolicy.enabled=false;"
                        + " it is tried again by itself.",
                cause);
    }
}
