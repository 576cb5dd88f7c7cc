package io.ec2quarantine.runtime;

import java.util.concurrent.atomic.AtomicReference;

/** What the probes may know: whether the process works, and whether it is ready to lead or to take over. */
final class Health {
    enum State {
        STARTING,
        STANDBY,
        LEADING,
        STOPPING
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.STARTING);

    void become(State next) {
        state.set(next);
    }

    /** A standby that was called to lead before its start was over leads. */
    void started() {
        state.compareAndSet(State.STARTING, State.STANDBY);
    }

    State state() {
        return state.get();
    }

    boolean isReady() {
        return state.get() == State.STANDBY || state.get() == State.LEADING;
    }
}
