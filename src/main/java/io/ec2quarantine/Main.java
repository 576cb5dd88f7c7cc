package io.ec2quarantine;

/** Starts the operator. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("hi");
    }
}
