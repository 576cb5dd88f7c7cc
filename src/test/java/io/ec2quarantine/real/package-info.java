/**
 * The operator as it ships, a process of its own with standard settings, against a real API server and the simulator of
 * AWS, looked at with nothing but {@code kubectl} and {@code aws}.
 */
@NullMarked
package io.ec2quarantine.real;

import org.jspecify.annotations.NullMarked;
