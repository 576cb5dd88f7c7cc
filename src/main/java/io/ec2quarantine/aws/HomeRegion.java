package io.ec2quarantine.aws;

import io.ec2quarantine.core.access.Role;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * The Region in which the operator signs in. The accounts that it acts in may have opted in to Regions that its own has not,
 * and whose STS does not know it.
 */
final class HomeRegion {
    private final AtomicReference<Optional<String>> own = new AtomicReference<>(Optional.empty());

    /** The Region to ask which Regions there are: one that every account of the partition has, where none is set. */
    String of(Optional<Role> reader) {
        return own().orElseGet(() -> alwaysEnabled(reader));
    }

    /** The Region that is set for the operator. */
    Optional<String> own() {
        Optional<String> known = own.get();
        if (known.isPresent()) {
            return known;
        }
        try {
            Optional<String> found = Optional.of(
                    DefaultAwsRegionProviderChain.builder().build().getRegion().id());
            own.set(found);
            return found;
        } catch (SdkException _) {
            // Nothing names one, which is no failure: any Region of the partition tells the same.
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
