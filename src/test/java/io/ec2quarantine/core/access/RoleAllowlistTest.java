package io.ec2quarantine.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleAllowlistTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            patterns                                  | role                                                        | allowed
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:role/ec2-quarantine-responder     | true
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws-us-gov:iam::444455556666:role/ec2-quarantine-       | true
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:role/Admin                        | false
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:role/ec2-quarantine-x/Admin       | false
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:role/x/ec2-quarantine-responder   | false
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:role/my-ec2-quarantine-responder  | false
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::111122223333:user/ec2-quarantine-responder     | false
            arn:*:iam::*:role/ec2-quarantine-*        | arn:aws:iam::1:role/Admin:role/ec2-quarantine-responder     | false
            arn:aws:iam::111122223333:role/*          | arn:aws:iam::111122223333:role/reader                       | true
            arn:aws:iam::111122223333:role/*          | arn:aws:iam::444455556666:role/reader                       | false
            arn:aws:iam::111122223333:role/*          | arn:aws:iam::111122223333:role/path/reader                  | false
            arn:aws:iam::111122223333:role/*/reader   | arn:aws:iam::111122223333:role/path/reader                  | true
            arn:aws:iam::111122223333:role/*/reader   | arn:aws:iam::111122223333:role/a/b/reader                   | false
            arn:aws:iam::*:role/a.b                   | arn:aws:iam::111122223333:role/axb                          | false
            arn:aws:iam::*:role/a,arn:aws:iam::*:role/b | arn:aws:iam::111122223333:role/b                          | true
            arn:aws:iam::*:role/reader                | arn:aws:iam::111122223333:role/READER                       | false
            """)
    void aStarStaysWithinItsPartOfTheArn(String patterns, String role, boolean allowed) {
        RoleAllowlist list = RoleAllowlist.of(Arrays.asList(patterns.split(",", -1)));

        assertThat(list.allows(new Role(role, Optional.empty()))).isEqualTo(allowed);
    }

    @Test
    void aRoleKnowsItsAccountAndKeepsItsExternalIdToItself() {
        Role role = new Role("arn:aws:iam::111122223333:role/path/reader", Optional.of("unspoken"));

        assertThat(role.accountId()).isEqualTo("111122223333");
        assertThat(role).hasToString("arn:aws:iam::111122223333:role/path/reader");
        assertThat(new Access(Optional.of("a"), Optional.empty(), Optional.empty(), Optional.of("unspoken")))
                .hasToString("responder a, release none, rules none");
    }

    @Test
    void whatIsNotNamedFallsBackToTheOther() {
        assertThat(new Access(Optional.of("a"), Optional.empty(), Optional.empty(), Optional.empty()).toRelease())
                .contains("a");
        assertThat(new Access(Optional.of("a"), Optional.of("b"), Optional.empty(), Optional.empty()).toRelease())
                .contains("b");
        assertThat(new Access(Optional.empty(), Optional.of("b"), Optional.empty(), Optional.empty()).toRespond())
                .isEmpty();
    }
}
