package io.ec2quarantine.notify;

import io.ec2quarantine.api.v1alpha1.Response.Webhook;
import io.ec2quarantine.cluster.WebhookKeys;
import io.ec2quarantine.core.WriteLedger;
import io.ec2quarantine.core.access.HostAllowlist;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events over TLS to hosts that the administrator of the operator allows: whoever may write a policy may not send the
 * operator anywhere else. No redirect is followed, and nothing of an answer is read but its status.
 */
public final class WebhookSender implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int LEAST_SUCCESS = 200;
    private static final int LEAST_BEYOND_SUCCESS = 300;
    private static final int GREATEST_PORT = 65_535;
    /** fd00:ec2::/32, where EC2 serves an instance its metadata, credentials, time and names. */
    private static final byte[] OF_EC2 = {(byte) 0xfd, 0x00, 0x0e, (byte) 0xc2};
    /** 64:ff9b::/96, by which a translator reaches the addresses of the fourth version (RFC 6052). */
    private static final byte[] TRANSLATED = {0x00, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);

    private final HttpClient http;
    private final HostAllowlist allowed;
    private final WebhookKeys keys;
    private final WriteLedger ledger;
    private final InstantSource time;

    /** @param trust whom to trust; empty for whom the Java platform trusts */
    public WebhookSender(
            HostAllowlist allowed,
            WebhookKeys keys,
            WriteLedger ledger,
            InstantSource time,
            Optional<SSLContext> trust) {
        this.allowed = allowed;
        this.keys = keys;
        this.ledger = ledger;
        this.time = time;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        trust.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    Delivery post(Webhook webhook, String eventId, String json) {
        URI url;
        try {
            url = new URI(webhook.url());
        } catch (URISyntaxException _) {
            // Its message would show the URL, and with it what may be secret in it.
            return new Delivery.NotTaken("The url of the webhook is no URL; correct it in the policy.");
        }
        String host = Optional.ofNullable(url.getHost()).orElse("");
        Optional<String> forbidden = forbidden(url, host);
        if (forbidden.isPresent()) {
            return new Delivery.NotTaken(forbidden.get());
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(ANSWER)
                .header("Content-Type", "application/cloudevents+json; charset=utf-8")
                .header("User-Agent", "ec2-quarantine-operator")
                .header("webhook-id", eventId);
        String timestamp = Long.toString(time.instant().getEpochSecond());
        request.header("webhook-timestamp", timestamp);
        if (webhook.secretName() != null) {
            switch (keys.read(webhook.secretName())) {
                case WebhookKeys.Reading.Unusable(String sentence) -> {
                    return new Delivery.NotTaken(sentence);
                }
                case WebhookKeys.Reading.Key key ->
                    request.header("webhook-signature", key.signature(eventId + "." + timestamp + "." + json));
            }
        }
        return ledger.write(
                "webhook:Post",
                host,
                () -> send(
                        request.POST(HttpRequest.BodyPublishers.ofString(json)).build(), host));
    }

    private Delivery send(HttpRequest request, String host) {
        try {
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            answer.body().close();
            int status = answer.statusCode();
            LOG.info("posted to webhook {}: HTTP {}", host, status);
            return status >= LEAST_SUCCESS && status < LEAST_BEYOND_SUCCESS
                    ? new Delivery.Taken(Optional.empty())
                    : new Delivery.NotTaken("The webhook at " + host + " answered HTTP " + status
                            + (status < 400 && status >= LEAST_BEYOND_SUCCESS ? ", and redirects are not followed" : "")
                            + "; look into its log, it is retried by itself.");
        } catch (IOException failure) {
            LOG.info(
                    "could not post to webhook {}: {}", host, failure.getClass().getSimpleName());
            return new Delivery.NotTaken("The webhook at " + host + " was not reached ("
                    + failure.getClass().getSimpleName()
                    + "); check the network, the port and its certificate, it is retried by itself.");
        } catch (IllegalArgumentException failure) {
            return new Delivery.NotTaken(
                    "The url of the webhook at " + host + " cannot be posted to; correct it in the policy.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new Delivery.NotTaken(
                    "The operator stopped while it posted to " + host + "; it is retried by itself.");
        }
    }

    private Optional<String> forbidden(URI url, String host) {
        if (!"https".equals(url.getScheme()) || url.getUserInfo() != null || host.isEmpty()) {
            return Optional.of("The url of the webhook is not an https URL without a user; correct it in the policy.");
        }
        if (url.getPort() == 0 || url.getPort() > GREATEST_PORT) {
            return Optional.of("The webhook at " + host + " was not posted to, for its port is none from 1 to "
                    + GREATEST_PORT + "; correct it in the policy.");
        }
        if (!allowed.allows(host)) {
            return Optional.of("The webhook at " + host
                    + " was not posted to, for its host is not on OPERATOR_WEBHOOK_ALLOWLIST; add it there, or correct the"
                    + " policy.");
        }
        try {
            return Stream.of(InetAddress.getAllByName(host)).anyMatch(WebhookSender::isOfTheMachine)
                    ? Optional.of("The webhook at " + host
                            + " was not posted to, for its name stands for a link-local address or one of the instance's"
                            + " metadata; correct the name.")
                    : Optional.empty();
        } catch (UnknownHostException _) {
            return Optional.of("The webhook at " + host + " was not found; check the name, it is retried by itself.");
        }
    }

    /** Credentials are to be had there, and never an event is expected. */
    private static boolean isOfTheMachine(InetAddress address) {
        return address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || (address instanceof Inet6Address six && isOfTheMachine(six.getAddress()));
    }

    private static boolean isOfTheMachine(byte[] six) {
        try {
            return startsWith(six, OF_EC2)
                    || (startsWith(six, TRANSLATED)
                            && isOfTheMachine(
                                    InetAddress.getByAddress(Arrays.copyOfRange(six, TRANSLATED.length, six.length))));
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("the rest of a translated address has four bytes", impossible);
        }
    }

    private static boolean startsWith(byte[] address, byte[] prefix) {
        return Arrays.equals(Arrays.copyOf(address, prefix.length), prefix);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
