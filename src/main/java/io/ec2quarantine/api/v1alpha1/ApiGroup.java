package io.ec2quarantine.api.v1alpha1;

/** The names that the API's objects and the marks on AWS resources share. */
public final class ApiGroup {
    public static final String NAME = "ec2quarantine.io";
    public static final String VERSION = "v1alpha1";

    public static final String POLICY_LABEL = NAME + "/policy";
    public static final String ACCOUNT_LABEL = NAME + "/account";
    public static final String REGION_LABEL = NAME + "/region";

    /** When the episode before the present one was released: what was seen by then has been dealt with. */
    public static final String RELEASED_BEFORE_ANNOTATION = NAME + "/released-before";

    private ApiGroup() {}
}
