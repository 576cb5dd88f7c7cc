package io.ec2quarantine.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ec2quarantine.sim.IamDocument.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What docs/iam/scp.json keeps everybody from, account administrators included, and whom and what it leaves alone. */
class ServiceControlPolicyTest {
    private static final Path FILE = Path.of("docs/iam/scp.json");
    /** What AWS takes (Organizations user guide, "Quotas"). */
    private static final int MOST_CHARACTERS = 5120;

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            who        | action                              | on                | tagged         | keys                     | verdict
            Admin      | ec2:ModifyNetworkInterfaceAttribute | network-interface | state=isolated |                          | DENIED
            Admin      | ec2:ModifyNetworkInterfaceAttribute | network-interface |                |                          | NOT_ALLOWED
            Admin      | ec2:ModifyNetworkInterfaceAttribute | network-interface | state=released |                          | NOT_ALLOWED
            Admin      | ec2:AttachNetworkInterface          | instance          | state=isolated |                          | DENIED
            Admin      | ec2:DetachNetworkInterface          | network-interface | state=isolated |                          | DENIED
            Admin      | ec2:DeleteNetworkInterface          | network-interface | state=isolated |                          | DENIED
            Admin      | ec2:AssociateAddress                | network-interface | state=isolated |                          | DENIED
            Admin      | ec2:ModifyInstanceAttribute         | instance          | state=isolated |                          | DENIED
            Admin      | ec2:TerminateInstances              | instance          | state=isolated |                          | DENIED
            Admin      | ec2:TerminateInstances              | instance          |                |                          | NOT_ALLOWED
            Admin      | ec2:CreateTags                      | instance          | state=isolated | Name                     | DENIED
            Admin      | ec2:CreateTags                      | instance          |                | Name                     | NOT_ALLOWED
            Admin      | ec2:CreateTags                      | instance          |                | ec2quarantine.io/state   | DENIED
            Admin      | ec2:CreateTags                      | security-group    |                | Name,ec2quarantine.io/owner | DENIED
            Admin      | ec2:CreateTags                      | instance          |                | ec2quarantine.io/protected | NOT_ALLOWED
            Admin      | ec2:DeleteTags                      | instance          | state=isolated | Name                     | DENIED
            Admin      | ec2:DeleteTags                      | instance          | state=isolated |                          | DENIED
            Admin      | ec2:DeleteTags                      | instance          | state=released |                          | DENIED
            Admin      | ec2:DeleteTags                      | instance          | state=released | ec2quarantine.io/released-time | DENIED
            Admin      | ec2:DeleteTags                      | instance          |                |                          | NOT_ALLOWED
            Admin      | ec2:DeleteTags                      | security-group    | owner=x        |                          | DENIED
            Admin      | ec2:AuthorizeSecurityGroupIngress   | security-group    | owner=x        |                          | DENIED
            Admin      | ec2:AuthorizeSecurityGroupEgress    | security-group    | owner=x        |                          | DENIED
            Admin      | ec2:ModifySecurityGroupRules        | security-group    | owner=x        |                          | DENIED
            Admin      | ec2:DeleteSecurityGroup             | security-group    | owner=x        |                          | DENIED
            Admin      | ec2:AuthorizeSecurityGroupIngress   | security-group    |                |                          | NOT_ALLOWED
            Admin      | ec2:RevokeSecurityGroupIngress      | security-group    | owner=x        |                          | NOT_ALLOWED
            ec2-quarantine-responder | ec2:ModifyNetworkInterfaceAttribute | network-interface | state=isolated | | NOT_ALLOWED
            ec2-quarantine-responder | ec2:CreateTags        | instance          |                | ec2quarantine.io/state   | NOT_ALLOWED
            ec2-quarantine-release   | ec2:DeleteTags        | network-interface | state=isolated | ec2quarantine.io/state   | NOT_ALLOWED
            ec2-quarantine-operator  | ec2:DeleteSecurityGroup | security-group  | owner=x        |                          | NOT_ALLOWED
            ec2-quarantine-rules     | ec2:AuthorizeSecurityGroupIngress | security-group | owner=x |                        | NOT_ALLOWED
            ec2-quarantine-release   | ec2:DeleteTags        | instance          | state=released |                          | DENIED
            ec2-quarantine-evil      | ec2:TerminateInstances | instance         | state=isolated |                          | DENIED
            a/ec2-quarantine-release | ec2:TerminateInstances | instance         | state=isolated |                          | DENIED
            """)
    void whatIsIsolatedIsTheOperatorsAlone(
            String who, String action, String on, @Nullable String tagged, @Nullable String keys, Verdict verdict) {
        var context = new TreeMap<String, List<String>>(Map.of("aws:PrincipalArn", List.of(role(who))));
        if (tagged != null) {
            var pair = tagged.split("=", 2);
            context.put("aws:ResourceTag/ec2quarantine.io/" + pair[0], List.of(pair[1]));
        }
        if (keys != null) {
            context.put("aws:TagKeys", Arrays.asList(keys.split(",", -1)));
        }
        assertThat(IamDocument.of(FILE)
                        .verdict(new IamRequest(action, "arn:aws:ec2:us-west-2:444455556666:" + on + "/x", context)))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "Admin, iam:PutRolePolicy, ec2-quarantine-responder, DENIED",
        "Admin, iam:UpdateAssumeRolePolicy, ec2-quarantine-release, DENIED",
        "Admin, iam:DeleteRole, ec2-quarantine-responder, DENIED",
        // Whoever could make a role of an excepted name would be excepted.
        "Admin, iam:CreateRole, ec2-quarantine-break-glass, DENIED",
        "Admin, iam:CreateRole, stacksets-exec-0123, DENIED",
        "Admin, iam:PassRole, ec2-quarantine-release, DENIED",
        "Admin, iam:CreateRole, web, NOT_ALLOWED",
        "ec2-quarantine-responder, iam:PutRolePolicy, ec2-quarantine-responder, DENIED",
        "stacksets-exec-0123, iam:CreateRole, ec2-quarantine-responder, NOT_ALLOWED"
    })
    void theOperatorsRolesAreMadeByStackSetsAndChangedByNobodyElse(
            String who, String action, String target, Verdict verdict) {
        assertThat(IamDocument.of(FILE)
                        .verdict(new IamRequest(action, role(target), Map.of("aws:PrincipalArn", List.of(role(who))))))
                .isEqualTo(verdict);
    }

    @Test
    void awsTakesIt() throws IOException {
        assertThat(new ObjectMapper().readTree(FILE.toFile()).toString().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(MOST_CHARACTERS);
        assertThat(Files.readString(FILE)).doesNotContain("\"Allow\"");
    }

    private static String role(String name) {
        return "arn:aws:iam::444455556666:role/" + name;
    }
}
