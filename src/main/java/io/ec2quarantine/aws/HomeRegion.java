package io.ec2quarantine.aws;

import io.ec2quarantine.core.access.Role;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * The Region in which the operator signs in. The accounts that it acts in may have opted in to Regions that its own has not,
 * and whose STS does not know it.
 */
final class HomeRegion {
    private volatile boolean asked;
    private volatile Optional<String> own = Optional.empty();

    /** The Region to ask which Regions there are: one that every account of the partition has, where none is set. */
    String of(Optional<Role> reader) {
        return own().orElseGet(() -> alwaysEnabled(reader));
    }

    /** The Region that is set for the operator; looked up once, for where none is set that takes seconds. */
    Optional<String> own() {
        if (!asked) {
            own = lookUp();
            asked = true;
        }
        return own;
    }

    private static Optional<String> lookUp() {
        try {
            return Optional.of(
                    DefaultAwsRegionProviderChain.builder().build().getRegion().id());
        } catch (SdkException _) {
            // Nothing names one, which is no failure: any Region of the partition does.
            return Optional.empty();
        }
    }

    private static String alwaysEnabled(Optional<Role> reader) {
        String partition = reader.map(role -> role.arn().split(":", -1)[1]).orElse("aws");
        return switch (partition) {
            case "aws-cn" -> "cn-north-1";
            case "aws-us-gov" -> "us-gov-west-1";
            default -> "us-east-1";
        };
    }
}
