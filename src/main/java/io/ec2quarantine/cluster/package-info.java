/** The edge to Kubernetes: the client, the writes, the events, and views on the objects of both kinds. */
@NullMarked
package io.ec2quarantine.cluster;

import org.jspecify.annotations.NullMarked;
