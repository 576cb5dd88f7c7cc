package io.ec2quarantine.cluster;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a refusal of the API server, or its silence, means. */
public final class ClusterFailures {
    private static final int UNPROCESSABLE = 422;

    private ClusterFailures() {}

    /**
     * Whether another write came between. A patch that takes out what is gone by then is told to be no patch at all, before
     * anybody looks at the version that it names; what breaks a rule of the schema names that as its cause.
     */
    public static boolean isOvertaken(KubernetesClientException failure) {
        return failure.getCode() == HttpURLConnection.HTTP_CONFLICT
                || (failure.getCode() == UNPROCESSABLE && causes(failure).isEmpty());
    }

    /** Whether the API server wants none of it, by its rights, an admission policy or the schema: no later version helps. */
    public static boolean isRefused(KubernetesClientException failure) {
        return failure.getCode() == HttpURLConnection.HTTP_FORBIDDEN
                || (failure.getCode() == UNPROCESSABLE && !isOvertaken(failure));
    }

    /** What the API server said; without an answer, the innermost cause, often without a message but with a telling name. */
    public static String detail(KubernetesClientException failure) {
        if (failure.getStatus() != null && failure.getStatus().getMessage() != null) {
            return failure.getStatus().getMessage();
        }
        Throwable root = Stream.iterate((Throwable) failure, Throwable::getCause)
                .takeWhile(cause -> cause != null)
                .reduce(failure, (_, inner) -> inner);
        String name = root.getClass().getSimpleName();
        return root.getMessage() == null ? name : name + ": " + root.getMessage();
    }

    private static List<?> causes(KubernetesClientException failure) {
        return Optional.ofNullable(failure.getStatus())
                .map(Status::getDetails)
                .map(StatusDetails::getCauses)
                .<List<?>>map(List::copyOf)
                .orElseGet(List::of);
    }
}
