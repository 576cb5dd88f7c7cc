package io.ec2quarantine.crash;

import io.ec2quarantine.core.WriteHooks;
import io.ec2quarantine.crash.KillPoint.Side;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Numbers the writes that isolate an instance, keeps a journal of them, and kills at one of them. */
final class DoomingHooks implements WriteHooks {
    private final IsolationScene scene;
    private final Optional<KillPoint> point;
    private final Consumer<String> journal;
    private final Runnable kill;
    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentMap<Long, Integer> numbers = new ConcurrentHashMap<>();

    /**
     * Dooms.
     *
     * @param scene whose isolation it is
     * @param point where to kill; nowhere if empty
     * @param journal told of every moment that could be a kill point, before the kill
     */
    DoomingHooks(IsolationScene scene, Optional<KillPoint> point, Consumer<String> journal, Runnable kill) {
        this.scene = scene;
        this.point = point;
        this.journal = journal;
        this.kill = kill;
    }

    @Override
    public void before(Write write) {
        if (isolates(write)) {
            int number = count.incrementAndGet();
            numbers.put(write.number(), number);
            pass(new KillPoint(number, Side.BEFORE), write);
        }
    }

    @Override
    public void after(Write write) {
        Optional.ofNullable(numbers.get(write.number()))
                .ifPresent(number -> pass(new KillPoint(number, Side.AFTER), write));
    }

    /**
     * Every write to EC2, to the quarantine and its events, and the id of the installation. Left out is only what is told
     * of policies: how often their status moves depends on how many polls there were.
     */
    private boolean isolates(Write write) {
        boolean policyStatus = write.target().startsWith("IsolationPolicy ");
        boolean policyEvent = write.action().equals("kubernetes:createEvent")
                && !write.target().contains(" of " + scene.instance());
        return !policyStatus && !policyEvent && !scene.isForeign(write.target());
    }

    private void pass(KillPoint moment, Write write) {
        journal.accept(moment + ": " + write.action() + " " + scene.anywhere(write.target()));
        if (point.equals(Optional.of(moment))) {
            kill.run();
        }
    }
}
