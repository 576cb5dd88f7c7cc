package io.ec2quarantine.cluster;

import io.ec2quarantine.core.WriteLedger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells transitions as Kubernetes events. An event is named after the object, the reason and the time of the transition, so
 * that telling it again, after a crash too, makes no second one.
 */
public final class EventRecorder {
    /** Cluster-scoped objects have their events here. */
    private static final String NAMESPACE = "default";

    private static final String REPORTER = "ec2quarantine.io/operator";
    private static final int LONGEST_NOTE = 1024;
    private static final int MOST_REMEMBERED = 10_000;
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

    private final KubernetesClient client;
    private final WriteLedger ledger;
    private final String instance;
    private final Set<String> told = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_REMEMBERED;
        }
    }));

    /** @param instance the name of this replica, as events report it */
    public EventRecorder(KubernetesClient client, WriteLedger ledger, String instance) {
        this.client = client;
        this.ledger = ledger;
        this.instance = instance;
    }

    /** How an event is shown. */
    public enum Kind {
        Normal,
        Warning
    }

    /**
     * Tells a transition once. An event that cannot be written is logged: it never holds up the work that it tells of.
     *
     * @param transitionTime when the condition changed
     */
    public void tell(HasMetadata object, Kind kind, String reason, String note, Instant transitionTime) {
        tell(object, kind, reason, note, transitionTime.toString(), transitionTime);
    }

    /**
     * Tells once what has no time of its own.
     *
     * @param mark what makes it another than every other of this reason
     */
    public void tell(HasMetadata object, Kind kind, String reason, String note, String mark, Instant time) {
        String name = name(object, reason, mark);
        if (!told.add(name)) {
            return;
        }
        Event event = event(object, kind, reason, note, time, name);
        try {
            ledger.write(
                    "kubernetes:createEvent",
                    reason + " of " + object.getMetadata().getName(),
                    () -> client.resource(event).create());
        } catch (KubernetesClientException exception) {
            if (exception.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                told.remove(name);
                LOG.warn("The event {} of {} was not written: {}", reason, name, ClusterFailures.detail(exception));
            }
        }
    }

    private Event event(HasMetadata object, Kind kind, String reason, String note, Instant time, String name) {
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withType(kind.name())
                .withReason(reason)
                .withAction("Reconcile")
                .withNote(note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE))
                .withEventTime(new MicroTime(MICROS.format(time.atOffset(ZoneOffset.UTC))))
                .withReportingController(REPORTER)
                .withReportingInstance(instance)
                .withRegarding(new ObjectReferenceBuilder()
                        .withApiVersion(object.getApiVersion())
                        .withKind(object.getKind())
                        .withName(object.getMetadata().getName())
                        .withUid(object.getMetadata().getUid())
                        .withResourceVersion(object.getMetadata().getResourceVersion())
                        .build())
                .build();
    }

    private static String name(HasMetadata object, String reason, String mark) {
        String text = object.getMetadata().getUid() + "|" + reason + "|" + mark;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return object.getMetadata().getName() + "." + HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("every Java platform has SHA-256", exception);
        }
    }
}
