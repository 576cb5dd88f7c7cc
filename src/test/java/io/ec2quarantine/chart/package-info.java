/** The Helm chart and the image: rendered, refused, installed and run as they ship. */
@NullMarked
package io.ec2quarantine.chart;

import org.jspecify.annotations.NullMarked;
