package io.ec2quarantine.sim;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.guardduty.GuardDutyClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;

/** Unmodified clients of the AWS SDK that speak to a simulator; they never retry, so that tests see every answer. */
public final class SdkClients implements AutoCloseable {
    private final AwsSimulator simulator;
    private final SdkHttpClient http = ApacheHttpClient.create();

    /** Clients for this simulator. */
    public SdkClients(AwsSimulator simulator) {
        this.simulator = simulator;
    }

    /** EC2 as seen by this account in this Region. */
    public Ec2Client ec2(RegionWorld region) {
        return pointed(Ec2Client.builder().httpClient(http), region, credentials(region))
                .build();
    }

    /** GuardDuty as seen by this account in this Region. */
    public GuardDutyClient guardDuty(RegionWorld region) {
        return pointed(GuardDutyClient.builder().httpClient(http), region, credentials(region))
                .build();
    }

    /** SQS as seen by this account in this Region. */
    public SqsClient sqs(RegionWorld region) {
        return pointed(SqsClient.builder().httpClient(http), region, credentials(region))
                .build();
    }

    /** STS as seen by this account. */
    public StsClient sts(RegionWorld region) {
        return pointed(StsClient.builder().httpClient(http), region, credentials(region))
                .build();
    }

    private static AwsBasicCredentials credentials(RegionWorld region) {
        return AwsBasicCredentials.create(
                region.account().accessKeyId(), region.account().secretAccessKey());
    }

    <B extends AwsClientBuilder<B, ?>> B pointed(B builder, RegionWorld region, AwsBasicCredentials credentials) {
        return builder.endpointOverride(simulator.endpoint())
                .region(Region.of(region.name()))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    @Override
    public void close() {
        http.close();
    }
}
