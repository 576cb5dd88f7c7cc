package io.ec2quarantine.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * What goes wrong, on order: {@code faults.on("CreateTags").times(2).throttle()}. The first fault that matches a call decides
 * how it ends; delays add up.
 */
public final class Faults {
    sealed interface Effect {
        record Refuse(BiFunction<ServiceApi, Request, AwsError> error) implements Effect {}

        record Delay(Duration time) implements Effect {}

        record Hold(CountDownLatch gate) implements Effect {}

        record Drop() implements Effect {}

        record ApplyThenDrop() implements Effect {}

        record ApplyThenRefuse() implements Effect {}
    }

    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    /** Begins a fault of one action; {@code *} means any. */
    public Builder on(String action) {
        return new Builder(action);
    }

    /** Begins a fault of those calls of an action that satisfy the condition. */
    public Builder on(String action, Predicate<Request> condition) {
        return new Builder(action).when(condition);
    }

    /** Nothing goes wrong any more; what is held goes on. */
    public void clear() {
        faults.forEach(Fault::remove);
    }

    /** Uses up the faults that a call meets: all that delay it and the first one that decides its end. */
    synchronized List<Effect> met(Request request) {
        var met = new ArrayList<Effect>();
        boolean decided = false;
        for (var fault : faults) {
            if ((fault.delays() || !decided) && fault.meets(request)) {
                met.add(fault.effect);
                decided |= !fault.delays();
            }
        }
        return met;
    }

    /** A fault in force. */
    public final class Fault {
        private final Builder order;
        private final Effect effect;
        private int seen;
        private int hits;

        private Fault(Builder order, Effect effect) {
            this.order = order;
            this.effect = effect;
        }

        /** Takes it away; calls that it holds go on. */
        public void remove() {
            faults.remove(this);
            if (effect instanceof Effect.Hold(CountDownLatch gate)) {
                gate.countDown();
            }
        }

        /** How many calls it has hit. */
        public synchronized int hits() {
            return hits;
        }

        private boolean delays() {
            return effect instanceof Effect.Delay || effect instanceof Effect.Hold;
        }

        private synchronized boolean meets(Request request) {
            if (!order.condition.test(request) || hits >= order.times) {
                return false;
            }
            seen++;
            if (seen <= order.skipped) {
                return false;
            }
            hits++;
            return true;
        }
    }

    /** The order for a fault; the last word ({@link #deny}, {@link #throttle} …) puts it in force. */
    public final class Builder {
        private Predicate<Request> condition;
        private int times = Integer.MAX_VALUE;
        private int skipped;

        private Builder(String action) {
            condition = request -> action.equals("*") || action.equals(request.action());
        }

        /** Only calls that satisfy the condition. */
        public Builder when(Predicate<Request> further) {
            condition = condition.and(further);
            return this;
        }

        /** Only calls with this parameter. */
        public Builder param(String name, String value) {
            return when(request -> request.param(name).equals(value));
        }

        /** Only calls to this account. */
        public Builder inAccount(String account) {
            return when(request -> request.account().equals(account));
        }

        /** Only calls to this Region. */
        public Builder inRegion(String region) {
            return when(request -> request.region().equals(region));
        }

        /** Only calls of principals whose ARN contains this, such as a role's name. */
        public Builder as(String principal) {
            return when(request -> request.principal().contains(principal));
        }

        /** Only the pages from this one on, the first being 1. */
        public Builder fromPage(int first) {
            return when(request -> request.page() >= first);
        }

        /** At most so many calls. */
        public Builder times(int most) {
            times = most;
            return this;
        }

        /** The first so many calls go well. */
        public Builder after(int calls) {
            skipped = calls;
            return this;
        }

        /** The caller may not do this. */
        public Fault deny() {
            return inForce(new Effect.Refuse(ServiceApi::denied));
        }

        /** Too many calls. */
        public Fault throttle() {
            return inForce(new Effect.Refuse((api, request) -> api.throttled()));
        }

        /** An internal error, and nothing done. */
        public Fault internalError() {
            return inForce(new Effect.Refuse((api, request) -> api.broken()));
        }

        /** Any other error. */
        public Fault error(String code, int status, String message) {
            return inForce(new Effect.Refuse((api, request) -> new AwsError(code, status, message)));
        }

        /** The answer takes so much longer, in real time. */
        public Fault latency(Duration time) {
            return inForce(new Effect.Delay(time));
        }

        /** Calls wait before they are carried out, until the fault is removed. */
        public Fault hold() {
            return inForce(new Effect.Hold(new CountDownLatch(1)));
        }

        /** The connection breaks before anything is done. */
        public Fault dropConnection() {
            return inForce(new Effect.Drop());
        }

        /** The call is carried out, and the connection breaks before the answer. */
        public Fault applyThenDrop() {
            return inForce(new Effect.ApplyThenDrop());
        }

        /** The call is carried out, and the answer is an internal error. */
        public Fault applyThenInternalError() {
            return inForce(new Effect.ApplyThenRefuse());
        }

        private Fault inForce(Effect effect) {
            var fault = new Fault(this, effect);
            faults.add(fault);
            return fault;
        }
    }
}
