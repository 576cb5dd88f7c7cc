package io.ec2quarantine.sim;

import java.io.Serial;

/** A refusal as AWS words it: the code, the message and the HTTP status that go over the wire. */
public final class AwsError extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;

    /** A refusal with the given wire code, HTTP status and message. */
    public AwsError(String code, int status, String message) {
        super(message, null, false, false);
        this.code = code;
        this.status = status;
    }

    /** The code by which clients tell errors apart. */
    public String code() {
        return code;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** The message; never absent. */
    public String text() {
        return String.valueOf(getMessage());
    }

    static AwsError invalid(String code, String message) {
        return new AwsError(code, 400, message);
    }

    static AwsError badValue(String message) {
        return invalid("InvalidParameterValue", message);
    }

    static AwsError badCombination(String message) {
        return invalid("InvalidParameterCombination", message);
    }
}
