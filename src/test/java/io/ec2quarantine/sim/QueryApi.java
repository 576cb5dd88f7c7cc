package io.ec2quarantine.sim;

import java.util.UUID;

/** What services of the Query protocol have in common: the frame of an answer, and the words of a refusal. */
abstract class QueryApi implements ServiceApi {
    private final String service;
    private final String namespace;
    private final World world;

    QueryApi(World world, String service, String namespace) {
        this.world = world;
        this.service = service;
        this.namespace = namespace;
    }

    /** Writes the result of an action, or refuses it. */
    abstract void result(Request request, Xml xml);

    /** Where the caller calls. */
    final RegionWorld region(Request request) {
        return world.account(request.account()).region(request.region());
    }

    @Override
    public Answer answer(Request request) {
        return Answer.xml(
                200,
                Xml.document(
                        request.action() + "Response",
                        namespace,
                        xml -> xml.element(request.action() + "Result", () -> result(request, xml))
                                .element("ResponseMetadata", () -> xml.text("RequestId", UUID.randomUUID()))));
    }

    @Override
    public Answer refusal(AwsError error) {
        return Answer.xml(
                error.status(),
                Xml.document(
                        "ErrorResponse",
                        namespace,
                        xml -> xml.element(
                                        "Error",
                                        () -> xml.text("Type", error.status() < 500 ? "Sender" : "Receiver")
                                                .text("Code", error.code())
                                                .text("Message", error.text()))
                                .text("RequestId", UUID.randomUUID())));
    }

    static AwsError unknownAction(Request request) {
        return AwsError.invalid("InvalidAction", "Could not find operation " + request.action());
    }

    @Override
    public AwsError denied(Request request) {
        return new AwsError(
                "AccessDenied",
                403,
                "User: " + request.principal() + " is not authorized to perform: " + service + ":" + request.action()
                        + " because no identity-based policy allows the action");
    }

    @Override
    public AwsError throttled() {
        return new AwsError("Throttling", 400, "Rate exceeded");
    }

    @Override
    public AwsError broken() {
        return new AwsError("InternalFailure", 500, "The request processing has failed.");
    }

    @Override
    public AwsError unknownCredentials() {
        return new AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid.");
    }

    @Override
    public AwsError expiredCredentials() {
        return new AwsError("ExpiredToken", 403, "The security token included in the request is expired");
    }
}
