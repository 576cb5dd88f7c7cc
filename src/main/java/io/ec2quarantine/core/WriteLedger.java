package io.ec2quarantine.core;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Numbers every write of this process, whichever system it goes to. */
public final class WriteLedger {
    private final AtomicLong numbers = new AtomicLong();
    private final WriteHooks hooks;

    public WriteLedger(WriteHooks hooks) {
        this.hooks = hooks;
    }

    /** Carries out one write between its two hooks. */
    public <T> T write(String action, String target, Supplier<T> write) {
        WriteHooks.Write entry = new WriteHooks.Write(numbers.incrementAndGet(), action, target);
        hooks.before(entry);
        T answer = write.get();
        hooks.after(entry);
        return answer;
    }
}
