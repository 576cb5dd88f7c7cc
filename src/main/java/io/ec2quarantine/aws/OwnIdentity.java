package io.ec2quarantine.aws;

import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** Whom AWS takes the operator for: its account, and the partition of AWS that the account is in. */
record OwnIdentity(String account, String partition) {
    static OwnIdentity of(GetCallerIdentityResponse answer) {
        return new OwnIdentity(answer.account(), answer.arn().split(":", -1)[1]);
    }
}
