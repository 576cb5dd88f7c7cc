package io.ec2quarantine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ec2quarantine.config.OperatorConfig.InvalidSetting;
import io.ec2quarantine.config.OperatorConfig.LogFormat;
import io.ec2quarantine.config.OperatorConfig.Preflight;
import io.ec2quarantine.config.OperatorConfig.SampleFindings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigTest {
    @Test
    void withoutAnySettingTheDefaultsHold() {
        assertThat(OperatorConfig.from(Map.of()))
                .isEqualTo(new OperatorConfig(
                        8080,
                        true,
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(60),
                        SampleFindings.IGNORE,
                        Preflight.HOURLY,
                        LogFormat.JSON,
                        List.of("arn:*:iam::*:role/ec2-quarantine-*"),
                        List.of(),
                        Optional.empty(),
                        "app.kubernetes.io/name=ec2-quarantine-operator"));
    }

    @Test
    void everySettingIsRead() {
        assertThat(OperatorConfig.from(Map.ofEntries(
                        Map.entry("OPERATOR_HTTP_PORT", "0"),
                        Map.entry("OPERATOR_LEADER_ELECTION", "false"),
                        Map.entry("OPERATOR_POLL_INTERVAL_SECONDS", "3600"),
                        Map.entry("OPERATOR_SWEEP_INTERVAL_SECONDS", " 1 "),
                        Map.entry("OPERATOR_SAMPLE_FINDINGS", "Accept"),
                        Map.entry("OPERATOR_PREFLIGHT", "Off"),
                        Map.entry("OPERATOR_LOG_FORMAT", "text"),
                        Map.entry("OPERATOR_NODE_NAME", " ip-10-0-0-1 "),
                        Map.entry("OPERATOR_POD_SELECTOR", "app=quarantine"),
                        Map.entry(
                                "OPERATOR_ROLE_ALLOWLIST",
                                "arn:aws:iam::*:role/a/b , arn:aws:iam::111122223333:role/*"),
                        Map.entry("OPERATOR_WEBHOOK_ALLOWLIST", "siem.example.com , *.hooks.example.com"),
                        Map.entry("SOMETHING_ELSE", "whatever"))))
                .isEqualTo(new OperatorConfig(
                        0,
                        false,
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        SampleFindings.ACCEPT,
                        Preflight.OFF,
                        LogFormat.TEXT,
                        List.of("arn:aws:iam::*:role/a/b", "arn:aws:iam::111122223333:role/*"),
                        List.of("siem.example.com", "*.hooks.example.com"),
                        Optional.of("ip-10-0-0-1"),
                        "app=quarantine"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            key                             | value      | expected
            OPERATOR_HTTP_PORT              | -1         | a whole number from 0 to 65535
            OPERATOR_HTTP_PORT              | 65536      | a whole number from 0 to 65535
            OPERATOR_HTTP_PORT              | http       | a whole number from 0 to 65535
            OPERATOR_HTTP_PORT              | ''         | a whole number from 0 to 65535
            OPERATOR_LEADER_ELECTION        | yes        | one of true, false
            OPERATOR_LEADER_ELECTION        | TRUE       | one of true, false
            OPERATOR_POLL_INTERVAL_SECONDS  | 0          | a whole number from 1 to 3600
            OPERATOR_POLL_INTERVAL_SECONDS  | 3601       | a whole number from 1 to 3600
            OPERATOR_POLL_INTERVAL_SECONDS  | 15s        | a whole number from 1 to 3600
            OPERATOR_POLL_INTERVAL_SECONDS  | 1.5        | a whole number from 1 to 3600
            OPERATOR_SWEEP_INTERVAL_SECONDS | 0          | a whole number from 1 to 3600
            OPERATOR_SWEEP_INTERVAL_SECONDS | 99999999999 | a whole number from 1 to 3600
            OPERATOR_SAMPLE_FINDINGS        | accept     | one of Ignore, Accept
            OPERATOR_PREFLIGHT              | On         | one of Hourly, Off
            OPERATOR_LOG_FORMAT             | xml        | one of json, text
            """)
    void aValueThatCannotBeUsedIsNamedByItsKey(String key, String value, String expected) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> OperatorConfig.from(Map.of(key, value)))
                .withMessage(key + " is \"" + value + "\", but must be " + expected + ".");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            ''                                                                ; ''
            ec2-quarantine-*                                                  ; ec2-quarantine-*
            *                                                                 ; *
            arn:aws:iam::*:user/ec2-quarantine-x                              ; arn:aws:iam::*:user/ec2-quarantine-x
            arn:aws:iam::*:role/                                              ; arn:aws:iam::*:role/
            arn:aws:iam::*:role/ec2-quarantine-*,                             ; ''
            arn:aws:iam::*:role/ec2-quarantine-*, role/x, role/y              ; role/x
            arn:aws:iam::*:role/.+|.*                                         ; arn:aws:iam::*:role/.+|.*
            """)
    void whatIsNoPatternOfARoleIsRefusedAndNamed(String value, String wrong) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> OperatorConfig.from(Map.of("OPERATOR_ROLE_ALLOWLIST", value)))
                .withMessage("OPERATOR_ROLE_ALLOWLIST is \"" + value + "\", but must be ARNs of IAM roles with commas"
                        + " between them, in which * stands for any characters but / and :, such as"
                        + " arn:*:iam::*:role/ec2-quarantine-*; \"" + wrong + "\" is none.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            *                             ; *
            *.com,                        ; *.com
            siem.example.com,             ; ''
            https://siem.example.com      ; https://siem.example.com
            siem.example.com:443          ; siem.example.com:443
            siem.*.com                    ; siem.*.com
            a b.example                   ; a b.example
            localhost                     ; localhost
            siem.example.com,localhost    ; localhost
            """)
    void whatIsNoNameOfAHostIsRefusedAndNamed(String value, String wrong) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> OperatorConfig.from(Map.of("OPERATOR_WEBHOOK_ALLOWLIST", value)))
                .withMessage("OPERATOR_WEBHOOK_ALLOWLIST is \"" + value
                        + "\", but must be host names of two parts or more with"
                        + " commas between them, such as siem.example.com, or *.example.com for every host below"
                        + " one; \"" + wrong + "\" is none.");
    }

    @Test
    void aReadProvesAnIsolationForTwoSweeps() {
        assertThat(OperatorConfig.from(Map.of("OPERATOR_SWEEP_INTERVAL_SECONDS", "45"))
                        .validity())
                .isEqualTo(Duration.ofSeconds(90));
    }
}
