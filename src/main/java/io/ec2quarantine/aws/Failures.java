package io.ec2quarantine.aws;

import io.ec2quarantine.core.CallFailure;
import io.ec2quarantine.core.PlainLine;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/** Gives the SDK's exceptions their names. */
final class Failures {
    private static final Set<String> THROTTLED = Set.of(
            "RequestLimitExceeded",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
            "RequestThrottled",
            "RequestThrottledException");
    private static final Set<String> DENIED = Set.of(
            "UnauthorizedOperation",
            "AccessDenied",
            "AccessDeniedException",
            "AuthFailure",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "OptInRequired",
            "OperationNotPermitted");
    private static final Set<String> ENDED =
            Set.of("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired");
    private static final Set<String> NOT_FOUND = Set.of("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue");
    private static final Set<String> UNKNOWN_ACTION = Set.of(
            "UnknownOperation",
            "UnknownOperationException",
            "UnknownAction",
            "InvalidAction",
            "NotImplemented",
            "HTTP 404");
    private static final int LONGEST_DETAIL = 300;
    private static final Pattern NOT_SHOWN = Pattern.compile(
            "(Encoded authorization failure message|The Canonical String for this request).*", Pattern.DOTALL);

    private Failures() {}

    static CallFailure of(Call call, SdkException exception) {
        return exception instanceof AwsServiceException service ? ofService(call, service) : ofClient(call, exception);
    }

    /** Whether the service says that the session of the caller is over. */
    static boolean isOfAnEndedSession(SdkException exception) {
        return exception instanceof AwsServiceException service && ENDED.contains(code(service));
    }

    /** What EC2 says to a dry run: that the call would have been allowed, or not; empty where it says something else. */
    static Optional<Boolean> allowsADryRun(AwsServiceException answer) {
        return switch (code(answer)) {
            case "DryRunOperation" -> Optional.of(true);
            case "UnauthorizedOperation" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static CallFailure ofService(Call call, AwsServiceException exception) {
        String code = code(exception);
        String detail = bounded(call, code + ": " + message(exception));
        if (THROTTLED.contains(code) || exception.isThrottlingException()) {
            return new CallFailure.Throttled(call.action(), call.target(), detail);
        }
        if (DENIED.contains(code) || exception.statusCode() == 403) {
            return new CallFailure.Denied(call.action(), call.target(), detail);
        }
        // Before what is not found: that an endpoint does not know a service says nothing of any thing.
        if (UNKNOWN_ACTION.contains(code) || exception.statusCode() == HttpURLConnection.HTTP_NOT_IMPLEMENTED) {
            return new CallFailure.Invalid(call.action(), call.target(), CallFailure.Invalid.UNKNOWN_ACTION, detail);
        }
        if (code.endsWith("NotFound") || NOT_FOUND.contains(code) || exception.statusCode() == 404) {
            return new CallFailure.NotFound(call.action(), call.target(), detail);
        }
        if (exception.statusCode() >= 500) {
            return new CallFailure.Transient(call.action(), call.target(), detail);
        }
        return new CallFailure.Invalid(call.action(), call.target(), code, detail);
    }

    private static CallFailure ofClient(Call call, SdkException exception) {
        String detail = bounded(call, String.valueOf(exception.getMessage()));
        boolean noCredentials = exception instanceof SdkClientException
                && String.valueOf(exception.getMessage()).contains("Unable to load credentials");
        return noCredentials
                ? new CallFailure.NoCredentials(call.action(), call.target(), "no AWS credentials could be loaded")
                : new CallFailure.Transient(call.action(), call.target(), detail);
    }

    private static String code(AwsServiceException exception) {
        String code = exception.awsErrorDetails() == null
                ? null
                : exception.awsErrorDetails().errorCode();
        return code == null || code.isEmpty() ? "HTTP " + exception.statusCode() : code;
    }

    private static String message(AwsServiceException exception) {
        String message = exception.awsErrorDetails() == null
                ? null
                : exception.awsErrorDetails().errorMessage();
        return String.valueOf(message);
    }

    /**
     * Encoded authorization messages are long, and an echoed request holds its session token: neither is shown, nor what
     * the call itself keeps to itself.
     */
    private static String bounded(Call call, String detail) {
        String spoken = call.unspoken()
                .map(unspoken -> detail.replace(unspoken, "(not shown)"))
                .orElse(detail);
        String line = PlainLine.of(NOT_SHOWN.matcher(spoken).replaceAll(""));
        return line.length() <= LONGEST_DETAIL ? line : PlainLine.of(line, LONGEST_DETAIL) + "…";
    }
}
