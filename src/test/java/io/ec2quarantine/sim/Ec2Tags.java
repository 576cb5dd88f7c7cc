package io.ec2quarantine.sim;

import java.util.HashMap;
import java.util.List;

/** The writes on tags. */
final class Ec2Tags {
    private static final int MOST_TAGS = 50;

    private Ec2Tags() {}

    static void create(Ec2Call call, Xml xml) {
        var added = Ec2Call.tags(call.params().structures("Tag"));
        for (var id : resources(call)) {
            var tags = new HashMap<>(call.live().tagsOf(id));
            tags.putAll(added);
            if (tags.size() > MOST_TAGS) {
                throw AwsError.invalid("TagLimitExceeded", "More than 50 tags for resource '" + id + "'");
            }
            call.live().setTags(id, tags);
        }
        xml.text("return", true);
    }

    static void delete(Ec2Call call, Xml xml) {
        var named = call.params().structures("Tag");
        for (var id : resources(call)) {
            var tags = new HashMap<>(call.live().tagsOf(id));
            if (named.isEmpty()) {
                tags.keySet().removeIf(key -> !key.startsWith("aws:"));
            }
            for (var tag : named) {
                var value = tag.optional("Value");
                if (value.isEmpty() || value.get().equals(tags.get(tag.required("Key")))) {
                    tags.remove(tag.required("Key"));
                }
            }
            call.live().setTags(id, tags);
        }
        xml.text("return", true);
    }

    private static List<String> resources(Ec2Call call) {
        var ids = call.params().list("ResourceId");
        if (ids.isEmpty()) {
            throw AwsError.invalid("MissingParameter", "The request must contain the parameter resourceIdSet");
        }
        ids.forEach(id -> requireExisting(call, id));
        return ids;
    }

    static void requireExisting(Ec2Call call, String id) {
        switch (typeOf(id)) {
            case "instance" -> call.instance(id);
            case "network-interface" -> call.networkInterface(id);
            case "security-group" -> call.group(id);
            case "vpc" -> call.vpc(id);
            case "subnet" -> call.subnet(id);
            case "security-group-rule", "elastic-ip" -> {
                // Found by their owners; a missing one is not told apart here.
            }
            default -> throw AwsError.invalid("InvalidID", "The ID '" + id + "' is not valid");
        }
    }

    static String typeOf(String id) {
        return switch (id.substring(0, Math.max(id.indexOf('-'), 0))) {
            case "i" -> "instance";
            case "eni" -> "network-interface";
            case "sg" -> "security-group";
            case "sgr" -> "security-group-rule";
            case "vpc" -> "vpc";
            case "subnet" -> "subnet";
            case "eipalloc" -> "elastic-ip";
            default -> "unknown";
        };
    }
}
