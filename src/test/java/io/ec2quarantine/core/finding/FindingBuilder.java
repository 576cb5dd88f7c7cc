package io.ec2quarantine.core.finding;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Findings for tests: a plain one, and what differs from it. */
public final class FindingBuilder {
    public static final InstanceRef ON_INSTANCE = new InstanceRef("i-0123456789abcdef0", "111122223333", "us-west-2");
    public static final Instant SEEN = Instant.parse("2026-11-24T09:00:00Z");

    private String id = "f1";
    private String type = "UnauthorizedAccess:EC2/MaliciousIPCaller.Custom";
    private String title = "a title";
    private double severity = 5.0;
    private long count = 1;
    private Optional<String> remoteIp = Optional.of("198.51.100.7");
    private Optional<String> remoteCountry = Optional.empty();
    private DataSource dataSource = DataSource.FLOW_LOGS;
    private Instant lastSeen = SEEN;
    private Instant updatedAt = SEEN;
    private boolean archived;
    private boolean sample;
    private Involvement involvement = Involvement.COMPROMISED;
    private List<String> threatListNames = List.of();

    private FindingBuilder() {}

    /** The workshop's finding: medium, just seen, on a compromised instance. */
    public static FindingBuilder finding() {
        return new FindingBuilder();
    }

    public FindingBuilder id(String value) {
        id = value;
        return this;
    }

    public FindingBuilder type(String value) {
        type = value;
        return this;
    }

    public FindingBuilder title(String value) {
        title = value;
        return this;
    }

    public FindingBuilder count(long value) {
        count = value;
        return this;
    }

    /** The other end; null where the finding has none. */
    public FindingBuilder remote(@Nullable String ip, @Nullable String country) {
        remoteIp = Optional.ofNullable(ip);
        remoteCountry = Optional.ofNullable(country);
        return this;
    }

    public FindingBuilder dataSource(DataSource value) {
        dataSource = value;
        return this;
    }

    public FindingBuilder severity(double value) {
        severity = value;
        return this;
    }

    public FindingBuilder lastSeen(Instant value) {
        lastSeen = value;
        return this;
    }

    public FindingBuilder updatedAt(Instant value) {
        updatedAt = value;
        return this;
    }

    public FindingBuilder archived(boolean value) {
        archived = value;
        return this;
    }

    public FindingBuilder sample(boolean value) {
        sample = value;
        return this;
    }

    public FindingBuilder involvement(Involvement value) {
        involvement = value;
        return this;
    }

    public FindingBuilder threatLists(String... names) {
        threatListNames = List.of(names);
        return this;
    }

    /** The finding. */
    public Finding build() {
        return new Finding(
                id,
                "arn:aws:guardduty:us-west-2:111122223333:detector/d/finding/" + id,
                ON_INSTANCE.accountId(),
                ON_INSTANCE.region(),
                type,
                title,
                severity,
                count,
                SEEN,
                lastSeen,
                updatedAt,
                archived,
                sample,
                dataSource,
                involvement,
                remoteIp,
                remoteCountry,
                threatListNames,
                List.of(ON_INSTANCE));
    }
}
