package io.ec2quarantine.sim;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** GuardDuty in one account and Region: its findings and threat lists; guarded by the world's lock. */
public final class Detector {
    record ThreatList(String name, String format, String location, boolean active, List<String> addresses) {}

    private final String id;
    private final Instant createdAt;
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final Map<String, ThreatList> lists = new LinkedHashMap<>();
    private boolean enabled = true;

    Detector(String id, Instant createdAt) {
        this.id = id;
        this.createdAt = createdAt;
    }

    /** 32 hexadecimal digits. */
    public String id() {
        return id;
    }

    Instant createdAt() {
        return createdAt;
    }

    boolean enabled() {
        return enabled;
    }

    void enable(boolean on) {
        enabled = on;
    }

    void add(Finding finding) {
        findings.put(finding.id(), finding);
    }

    Optional<Finding> find(String findingId) {
        return Optional.ofNullable(findings.get(findingId));
    }

    List<Finding> findings() {
        return List.copyOf(findings.values());
    }

    String threatList(String listId, String name, List<String> addresses) {
        lists.put(listId, new ThreatList(name, "TXT", "https://s3.amazonaws.com/lists/" + name, true, addresses));
        return listId;
    }

    void addList(String listId, ThreatList list) {
        lists.put(listId, list);
    }

    Optional<ThreatList> list(String listId) {
        return Optional.ofNullable(lists.get(listId));
    }

    List<String> listIds() {
        return List.copyOf(lists.keySet());
    }

    /** The name of an active list with this address. */
    Optional<String> listNaming(String address) {
        return lists.values().stream()
                .filter(list -> list.active() && list.addresses().contains(address))
                .map(ThreatList::name)
                .findFirst();
    }
}
