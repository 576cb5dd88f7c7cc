package io.ec2quarantine.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs of {@code hack/python-tools.sh}: the aws command line and moto. */
final class PythonTools {
    private PythonTools() {}

    /** Prepares a program, with nothing about AWS in its environment but what is given. */
    static ProcessBuilder program(String name, List<String> arguments, Map<String, String> environment) {
        var command = new java.util.ArrayList<String>();
        command.add(bin(name).toString());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(key -> key.startsWith("AWS_"));
        builder.environment().putAll(environment);
        return builder;
    }

    private static Path bin(String name) {
        var program = Optional.ofNullable(System.getenv("PYTHON_TOOLS"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable);
        return program.orElseThrow(() -> new IllegalStateException("This test needs the program '" + name
                + "': run it through `make test-all`, or set PYTHON_TOOLS to the last line that hack/python-tools.sh"
                + " prints."));
    }

    static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Could not start " + builder.command(), e);
        }
    }
}
