package io.ec2quarantine.core.finding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only what is certainly about others coming in is Attacked; everything else, the unknown included, is Compromised. */
class InvolvementTest {
    @ParameterizedTest
    @CsvSource(nullValues = "-", emptyValue = "", useHeadersInDisplayName = true, textBlock = """
            type                                             , action             , direction , role   , involvement
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , INBOUND   , TARGET , ATTACKED
            UnauthorizedAccess:EC2/RDPBruteForce             , NETWORK_CONNECTION , INBOUND   , TARGET , ATTACKED
            Impact:EC2/WinRMBruteForce                       , NETWORK_CONNECTION , INBOUND   , TARGET , ATTACKED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , OUTBOUND  , ACTOR  , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , OUTBOUND  , TARGET , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , INBOUND   , ACTOR  , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , UNKNOWN   , TARGET , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , ''        , TARGET , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForce             , NETWORK_CONNECTION , INBOUND   , ''     , COMPROMISED
            UnauthorizedAccess:EC2/SSHBruteForceOfSomeKind   , NETWORK_CONNECTION , INBOUND   , TARGET , COMPROMISED
            Recon:EC2/PortProbeUnprotectedPort               , PORT_PROBE         , ''        , TARGET , ATTACKED
            Recon:EC2/PortProbeUnprotectedPort               , PORT_PROBE         , ''        , ''     , ATTACKED
            UnauthorizedAccess:EC2/MaliciousIPCaller.Custom  , NETWORK_CONNECTION , UNKNOWN   , TARGET , COMPROMISED
            UnauthorizedAccess:EC2/MaliciousIPCaller.Custom  , NETWORK_CONNECTION , INBOUND   , TARGET , COMPROMISED
            CryptoCurrency:EC2/BitcoinTool.B!DNS             , DNS_REQUEST        , ''        , TARGET , COMPROMISED
            Behavior:EC2/NetworkPortUnusual                  , NETWORK_CONNECTION , OUTBOUND  , TARGET , COMPROMISED
            AttackSequence:EC2/CompromisedInstanceGroup      , ''                 , ''        , ''     , COMPROMISED
            SomethingNew:EC2/NeverHeardOf                    , SOMETHING_NEW      , INBOUND   , TARGET , COMPROMISED
            ''                                               , ''                 , ''        , ''     , COMPROMISED
            """)
    void theTypeDecidesFirst(String type, String action, String direction, String role, Involvement involvement) {
        assertThat(Involvement.of(type, action, direction, role)).isEqualTo(involvement);
    }
}
