/** Watches the two kinds and carries out what the core decides. */
@NullMarked
package io.ec2quarantine.controller;

import org.jspecify.annotations.NullMarked;
