package io.ec2quarantine.demo;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Who is to do the work. */
@FunctionalInterface
interface Operator {
    /** The operator as it ships. */
    Operator SHIPPED = (set, files) -> ShippedOperator.start(set.operatorEnvironment(), files);

    /** Nobody: what the demo then tells must be a failure. */
    Operator OFF = (set, files) -> new Running() {
        @Override
        public String description() {
            return "switched off";
        }

        @Override
        public CompletableFuture<String> end() {
            return new CompletableFuture<>();
        }

        @Override
        public String whereToLook() {
            return "The operator is switched off.";
        }

        @Override
        public void close() {}
    };

    /**
     * Starts it.
     *
     * @param set where it is to work
     * @param files where it may write its log
     */
    Running start(StageSet set, Path files);

    /** A started operator. */
    interface Running extends AutoCloseable {
        /** What it is, in a few words. */
        String description();

        /** Completes when it ends by itself, with a sentence. */
        CompletableFuture<String> end();

        /** How it ended, if it did. */
        default Optional<String> ended() {
            return Optional.ofNullable(end().getNow(null));
        }

        /** Where to read what it did, as a sentence. */
        String whereToLook();

        @Override
        void close();
    }
}
