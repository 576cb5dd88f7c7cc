package io.ec2quarantine.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            glob                  , text                         , matches
            *                     , ''                           , true
            *                     , anything                     , true
            ''                    , ''                           , true
            ''                    , x                            , false
            CryptoCurrency:EC2/*  , CryptoCurrency:EC2/Bitcoin   , true
            CryptoCurrency:EC2/*  , CryptoCurrency:EC2/          , true
            CryptoCurrency:EC2/*  , XCryptoCurrency:EC2/Bitcoin  , false
            CryptoCurrency:EC2/*  , cryptocurrency:ec2/bitcoin   , false
            *:EC2/*               , Backdoor:EC2/Spambot         , true
            *:EC2/*               , Backdoor:Lambda/Spambot      , false
            *.Custom              , A:EC2/MaliciousIPCaller.Custom , true
            *.Custom              , A:EC2/MaliciousIPCaller-Custom , false
            A:EC2/B               , A:EC2/B                      , true
            A:EC2/B               , A:EC2/BC                     , false
            a.c                   , abc                          , false
            a+[b](c)$             , a+[b](c)$                    , true
            Q\\Ea*                , Q\\Eab                       , true
            a**b                  , axb                          , true
            """)
    void onlyTheStarIsSpecialAndTheWholeTextMustFit(String glob, String text, boolean matches) {
        assertThat(Glob.of(glob).matches(text)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"a*b, true", "a*, true", "*b, true", "ab, false"})
    void theStarAlsoStandsForLineBreaks(String glob, boolean matches) {
        assertThat(Glob.of(glob).matches("a\nb")).isEqualTo(matches);
    }
}
