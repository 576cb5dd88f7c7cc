package io.ec2quarantine.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.ec2quarantine.core.CallFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.guardduty.model.GuardDutyException;

class FailuresTest {
    private static final Call CALL = new Call("ec2:DescribeInstances", "i-1", RateBucket.EC2_DESCRIBE);

    @ParameterizedTest
    @CsvSource(nullValues = "-", useHeadersInDisplayName = true, textBlock = """
            code                              , status , reason
            RequestLimitExceeded              , 503    , Throttled
            Throttling                        , 400    , Throttled
            ThrottlingException               , 400    , Throttled
            TooManyRequestsException          , 429    , Throttled
            SlowDown                          , 503    , Throttled
            -                                 , 429    , Throttled
            UnauthorizedOperation             , 403    , Denied
            AccessDenied                      , 403    , Denied
            AccessDeniedException             , 400    , Denied
            AuthFailure                       , 401    , Denied
            ExpiredToken                      , 400    , Denied
            ExpiredTokenException             , 403    , Denied
            InvalidClientTokenId              , 403    , Denied
            UnrecognizedClientException       , 403    , Denied
            OptInRequired                     , 401    , Denied
            OperationNotPermitted             , 400    , Denied
            -                                 , 403    , Denied
            InvalidInstanceID.NotFound        , 400    , NotFound
            InvalidGroup.NotFound             , 400    , NotFound
            InvalidNetworkInterfaceID.NotFound, 400    , NotFound
            ResourceNotFoundException         , 404    , NotFound
            AWS.SimpleQueueService.NonExistentQueue, 400 , NotFound
            QueueDoesNotExist                 , 400    , NotFound
            InternalError                     , 500    , Unreachable
            Unavailable                       , 503    , Unreachable
            InternalServerErrorException      , 500    , Unreachable
            -                                 , 502    , Unreachable
            InvalidGroup.Duplicate            , 400    , Refused
            InvalidInstanceID.Malformed       , 400    , Refused
            DependencyViolation               , 400    , Refused
            BadRequestException               , 400    , Refused
            SecurityGroupsPerInterfaceLimitExceeded, 400 , Refused
            -                                 , 400    , Refused
            """)
    void everyCodeHasItsName(String code, int status, String reason) {
        CallFailure failure = Failures.of(CALL, ec2(code, status, "a message"));

        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.call()).isEqualTo("ec2:DescribeInstances");
        assertThat(failure.target()).isEqualTo("i-1");
        assertThat(failure.detail()).isEqualTo((code == null ? "HTTP " + status : code) + ": a message");
    }

    @Test
    void aRefusalKeepsItsCode() {
        assertThat(Failures.of(CALL, ec2("InvalidGroup.Duplicate", 400, "taken")))
                .isInstanceOfSatisfying(
                        CallFailure.Invalid.class,
                        invalid -> assertThat(invalid.code()).isEqualTo("InvalidGroup.Duplicate"));
    }

    @Test
    void otherServicesAreReadAlike() {
        SdkException exception = GuardDutyException.builder()
                .statusCode(403)
                .awsErrorDetails(details("AccessDeniedException", "not yours"))
                .build();

        assertThat(Failures.of(CALL, exception)).isInstanceOf(CallFailure.Denied.class);
    }

    @Test
    void anAnswerWithoutDetailsIsNamedByItsStatus() {
        assertThat(Failures.of(CALL, (SdkException)
                        Ec2Exception.builder().statusCode(500).build()))
                .isEqualTo(new CallFailure.Transient("ec2:DescribeInstances", "i-1", "HTTP 500: null"));
    }

    @Test
    void noAnswerIsTransientForAWriteMayHaveBeenApplied() {
        assertThat(Failures.of(CALL, SdkClientException.create("Read timed out", new IOException())))
                .isEqualTo(new CallFailure.Transient("ec2:DescribeInstances", "i-1", "Read timed out"));
        assertThat(Failures.of(CALL, ApiCallTimeoutException.create(5_000))).isInstanceOf(CallFailure.Transient.class);
    }

    @Test
    void whereThereAreNoCredentialsItSaysWhereToGiveThemAndNamesNoProvider() {
        SdkException exception = SdkClientException.create(
                "Unable to load credentials from any of the providers in the chain: [secret paths]");

        CallFailure failure = Failures.of(CALL, exception);

        assertThat(failure)
                .isEqualTo(new CallFailure.NoCredentials(
                        "ec2:DescribeInstances", "i-1", "no AWS credentials could be loaded"));
        assertThat(failure.sentence())
                .isEqualTo(
                        "ec2:DescribeInstances for i-1 was not sent (no AWS credentials could be loaded); give the operator"
                                + " a role for its service account whose trust policy names it, AWS_PROFILE, or"
                                + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
    }

    @Test
    void encodedMessagesAreCutOut() {
        CallFailure failure = Failures.of(
                CALL,
                ec2("UnauthorizedOperation", 403, "Not you. Encoded authorization failure message: c2VjcmV0\nbW9yZQ"));

        assertThat(failure.detail()).isEqualTo("UnauthorizedOperation: Not you.");
    }

    @Test
    void aSignaturesCanonicalRequestWithItsTokenIsCutOut() {
        CallFailure failure = Failures.of(
                CALL,
                ec2(
                        "SignatureDoesNotMatch",
                        403,
                        "It does not match.\n\nThe Canonical String for this request should have been\n'GET\n/\n"
                                + "x-amz-security-token:FQoGZXIvYXdzE'"));

        assertThat(failure.detail()).isEqualTo("SignatureDoesNotMatch: It does not match.");
    }

    @Test
    void detailsAreOneBoundedLine() {
        CallFailure failure = Failures.of(CALL, ec2("Bad", 400, "a\r\n\u001b[31mb\u009b" + "x".repeat(10_000)));

        assertThat(failure.detail()).startsWith("Bad: a [31mb x").hasSize(301).endsWith("…");
        assertThat(failure.sentence()).hasSizeLessThan(400);
    }

    @Test
    void aDetailThatFitsIsNotCut() {
        assertThat(Failures.of(CALL, ec2("Bad", 400, "x".repeat(295))).detail())
                .hasSize(300)
                .endsWith("x");
    }

    private static SdkException ec2(String code, int status, String message) {
        return Ec2Exception.builder()
                .statusCode(status)
                .awsErrorDetails(details(code, message))
                .build();
    }

    private static AwsErrorDetails details(String code, String message) {
        return AwsErrorDetails.builder().errorCode(code).errorMessage(message).build();
    }
}
