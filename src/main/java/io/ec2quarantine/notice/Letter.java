package io.ec2quarantine.notice;

/** A mail as it goes out. */
public record Letter(String subject, String body) {}
