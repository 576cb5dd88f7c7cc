package io.ec2quarantine.sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Every call that reached the simulator, in the order in which the calls took effect. */
public final class CallLog {
    private final List<Call> calls = new ArrayList<>();
    private final List<Consumer<Call>> listeners = new CopyOnWriteArrayList<>();

    /** Tells the listener of every call from now on, before the caller gets its answer. */
    public AutoCloseable onCall(Consumer<Call> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** All calls. */
    public synchronized List<Call> all() {
        return List.copyOf(calls);
    }

    /** The calls that would change the world, those that failed included and dry runs not. */
    public List<Call> writes() {
        return matching(Call::isWrite);
    }

    /** The calls that changed the world. */
    public List<Call> changes() {
        return matching(Call::changedTheWorld);
    }

    /** The calls of one action. */
    public List<Call> of(String action) {
        return matching(call -> call.action().equals(action));
    }

    /** The calls that satisfy the condition. */
    public synchronized List<Call> matching(Predicate<Call> condition) {
        return calls.stream().filter(condition).toList();
    }

    /** A mark to give to {@link #since}: the sequence number of the last call so far. */
    public synchronized long mark() {
        return calls.size();
    }

    /** The calls after a mark. */
    public synchronized List<Call> since(long mark) {
        return List.copyOf(calls.subList((int) Math.min(mark, calls.size()), calls.size()));
    }

    synchronized Call append(Instant at, Request request, String outcome, boolean isWrite) {
        var call = new Call(
                calls.size() + 1L,
                at,
                request.account(),
                request.region(),
                request.principal(),
                request.service(),
                request.action(),
                Map.copyOf(request.params().values()),
                outcome,
                isWrite);
        calls.add(call);
        return call;
    }

    void tell(Call call) {
        listeners.forEach(listener -> listener.accept(call));
    }
}
