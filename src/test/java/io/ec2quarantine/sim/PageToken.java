package io.ec2quarantine.sim;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** An opaque NextToken: which page comes next, and after what it begins, so that changes between pages skip nothing. */
record PageToken(int page, String after) {
    String encoded() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((page + "|" + after).getBytes(StandardCharsets.UTF_8));
    }

    static Optional<PageToken> decoded(String token) {
        try {
            var text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int bar = text.indexOf('|');
            return bar < 0
                    ? Optional.empty()
                    : Optional.of(new PageToken(Integer.parseInt(text.substring(0, bar)), text.substring(bar + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // The caller words the refusal.
        }
    }
}
