package io.ec2quarantine.chart;

import io.ec2quarantine.config.OperatorConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which variables the operator reads, told by what it asks for. */
final class SettingsRead {
    private SettingsRead() {}

    static Set<String> keys() {
        return defaults().keySet();
    }

    /** Every variable with its default. */
    static Map<String, String> defaults() {
        Map<String, String> read = new TreeMap<>();
        OperatorConfig.from(new NothingSet(read));
        return read;
    }

    /** An environment in which nothing is set; it writes down what is asked for. */
    private static final class NothingSet extends java.util.AbstractMap<String, String> {
        private final Map<String, String> asked;

        NothingSet(Map<String, String> asked) {
            this.asked = asked;
        }

        @Override
        public String getOrDefault(Object key, String standard) {
            asked.put(String.valueOf(key), standard);
            return standard;
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            return new TreeSet<>();
        }
    }
}
