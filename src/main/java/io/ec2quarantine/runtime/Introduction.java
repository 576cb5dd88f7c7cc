package io.ec2quarantine.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The first line of the log: what starts, and with whom it is going to speak. */
final class Introduction {
    private Introduction() {}

    static String of(Optional<String> version, String apiServer, Map<String, String> environment) {
        String aws = new TreeMap<>(environment)
                .entrySet().stream()
                        .filter(variable -> variable.getKey().equals("AWS_REGION")
                                || variable.getKey().startsWith("AWS_ENDPOINT_URL"))
                        .map(variable -> ", " + variable.getKey() + " " + withoutUser(variable.getValue()))
                        .collect(Collectors.joining());
        boolean elsewhere = environment.keySet().stream().anyMatch(key -> key.startsWith("AWS_ENDPOINT_URL"));
        return "starting version " + version.orElse("unknown") + ": Kubernetes API server " + apiServer + aws
                + (elsewhere ? "" : ", AWS's own endpoints");
    }

    /** An address may hold a password, which belongs in no log. */
    private static String withoutUser(String address) {
        return address.replaceAll("//[^/@]*@", "//");
    }
}
