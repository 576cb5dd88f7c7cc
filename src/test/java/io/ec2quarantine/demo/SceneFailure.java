package io.ec2quarantine.demo;

/** What should have been seen was not seen; the message is the sentence that says so. */
final class SceneFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SceneFailure(String sentence) {
        super(sentence);
    }
}
