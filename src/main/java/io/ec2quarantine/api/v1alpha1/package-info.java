/**
 * The two kinds of {@code ec2quarantine.io/v1alpha1} as records, with their condition types and reasons.
 *
 * <p>The schema in {@code crds/} is the contract; these records read it tolerantly. An absent list is empty, an absent
 * scalar is null, and an enum value that this version does not know is null as well: null means "not understood" and is
 * never taken for a default.
 */
@NullMarked
package io.ec2quarantine.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
