package io.ec2quarantine.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Dockerfile, as far as this project's goes: its arguments and its stages. */
record Dockerfile(Map<String, String> arguments, List<Stage> stages) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One stage; the last has no name. */
    record Stage(String name, String from, List<Instruction> instructions) {
        List<Instruction> of(String instruction) {
            return instructions.stream()
                    .filter(each -> each.name().equals(instruction))
                    .toList();
        }
    }

    /** One instruction, its flags apart. */
    record Instruction(String name, List<String> flags, String rest) {
        /** The words of the form that needs no shell. */
        Optional<List<String>> exec() {
            if (!rest.startsWith("[")) {
                return Optional.empty();
            }
            try {
                return Optional.of(JSON.readValue(rest, new TypeReference<List<String>>() {}));
            } catch (JsonProcessingException malformed) {
                throw new UncheckedIOException(rest, malformed);
            }
        }

        List<String> words() {
            return Arrays.asList(rest.split("\\s+", -1));
        }

        Optional<String> flag(String flag) {
            String start = "--" + flag + "=";
            return flags.stream()
                    .filter(each -> each.startsWith(start))
                    .map(each -> each.substring(start.length()))
                    .findFirst();
        }
    }

    static Dockerfile read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Stage last() {
        return stages.getLast();
    }

    /** The stage of this name, or none where it is an image. */
    Optional<Stage> stage(String name) {
        return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
    }

    private static Dockerfile parse(String text) {
        Map<String, String> arguments = new LinkedHashMap<>();
        List<Stage> stages = new ArrayList<>();
        String joined = text.replaceAll("(?m)^#.*\\n", "").replaceAll("\\\\\\n", " ");
        for (String line : joined.lines().filter(each -> !each.isBlank()).toList()) {
            Instruction instruction = instruction(line.strip());
            switch (instruction.name()) {
                case "ARG" -> {
                    String[] pair = instruction.rest().split("=", 2);
                    arguments.put("${" + pair[0] + "}", pair[1]);
                }
                case "FROM" -> {
                    List<String> words = instruction.words();
                    String from = arguments.getOrDefault(words.getFirst(), words.getFirst());
                    stages.add(new Stage(words.size() == 3 ? words.getLast() : "", from, new ArrayList<>()));
                }
                default -> stages.getLast().instructions().add(instruction);
            }
        }
        return new Dockerfile(arguments, stages);
    }

    private static Instruction instruction(String line) {
        List<String> words = new ArrayList<>(Arrays.asList(line.split("\\s+", -1)));
        String name = words.removeFirst();
        List<String> flags =
                words.stream().takeWhile(word -> word.startsWith("--")).toList();
        return new Instruction(name, flags, String.join(" ", words.subList(flags.size(), words.size())));
    }
}
