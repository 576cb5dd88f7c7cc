package io.ec2quarantine.core.finding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataSourceTest {
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            type                                            , action             , source
            UnauthorizedAccess:EC2/MaliciousIPCaller.Custom , NETWORK_CONNECTION , FLOW_LOGS
            Recon:EC2/PortProbeUnprotectedPort              , PORT_PROBE         , FLOW_LOGS
            CryptoCurrency:EC2/BitcoinTool.B!DNS            , DNS_REQUEST        , DNS_LOGS
            UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS , AWS_API_CALL , CLOUDTRAIL
            CryptoCurrency:Runtime/BitcoinTool.B            , NETWORK_CONNECTION , RUNTIME_MONITORING
            Execution:Runtime/MaliciousFileExecuted         , ''                 , RUNTIME_MONITORING
            Execution:EC2/MaliciousFile                     , ''                 , MALWARE_PROTECTION
            Execution:EC2/SuspiciousFile                    , ''                 , MALWARE_PROTECTION
            Execution:ECS/MaliciousFile                     , ''                 , MALWARE_PROTECTION
            Execution:EC2/MaliciousFile!Snapshot            , ''                 , MALWARE_PROTECTION
            Object:S3/MaliciousFile                         , ''                 , MALWARE_PROTECTION
            AttackSequence:EC2/CompromisedInstanceGroup     , ''                 , CORRELATION
            SomethingNew:EC2/NeverHeardOf                   , SOMETHING_NEW      , UNKNOWN
            ''                                              , ''                 , UNKNOWN
            """)
    void whereGuardDutySawIt(String type, String action, DataSource source) {
        assertThat(DataSource.of(type, action)).isEqualTo(source);
    }
}
