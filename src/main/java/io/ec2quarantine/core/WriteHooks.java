package io.ec2quarantine.core;

/** Told of every write to AWS and to the cluster, immediately before and immediately after it. */
public interface WriteHooks {
    /** Does nothing. */
    WriteHooks NONE = new WriteHooks() {
        @Override
        public void before(Write write) {}

        @Override
        public void after(Write write) {}
    };

    /**
     * One write.
     *
     * @param number counts the writes of this process, from 1
     * @param action for example {@code ec2:ModifyNetworkInterfaceAttribute} or {@code kubernetes:patchStatus}
     * @param target what is written
     */
    record Write(long number, String action, String target) {}

    void before(Write write);

    void after(Write write);
}
