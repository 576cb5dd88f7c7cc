/** What a notification says: the fields that people write about, their templates, the default texts, and the JSON event. */
@NullMarked
package io.ec2quarantine.notice;

import org.jspecify.annotations.NullMarked;
