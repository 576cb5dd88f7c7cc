package io.ec2quarantine.status;

import io.ec2quarantine.api.v1alpha1.Response.NotificationEvent;

/**
 * Something that a change of the status says has happened, and that people want to be told.
 *
 * @param mark tells it from others of its kind in the same episode, and is the same whoever computes it
 */
record Transition(NotificationEvent event, String mark) {}
