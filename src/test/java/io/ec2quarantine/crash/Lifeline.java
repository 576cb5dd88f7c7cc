package io.ec2quarantine.crash;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server of this machine. Once it is cut, its connections are broken for whoever called and no new one comes
 * about. What the server still says is swallowed: the embedded Kubernetes API stands still for half a minute when a
 * connection breaks in the middle of a watch event.
 */
final class Lifeline {
    private final ServerSocket entrance;
    private final int destination;
    private final Set<Socket> callers = ConcurrentHashMap.newKeySet();

    private Lifeline(ServerSocket entrance, int destination) {
        this.entrance = entrance;
        this.destination = destination;
    }

    /** A way to where the URL leads. */
    static Lifeline to(URI url) {
        try {
            Lifeline line = new Lifeline(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), url.getPort());
            Thread.startVirtualThread(line::serve);
            return line;
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    /** The URL to use in place of the server's own. */
    String url() {
        return "http://127.0.0.1:" + entrance.getLocalPort();
    }

    /** Cuts it, for good. */
    void cut() {
        try {
            entrance.close();
            for (Socket caller : callers) {
                caller.close();
            }
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
    }

    private void serve() {
        while (!entrance.isClosed()) {
            try {
                Socket caller = entrance.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), destination);
                caller.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                callers.add(caller);
                Thread.startVirtualThread(() -> ask(caller, server));
                Thread.startVirtualThread(() -> answer(server, caller));
            } catch (IOException _) {
                // Cut, or the server is gone: the caller sees it.
            }
        }
    }

    private void ask(Socket caller, Socket server) {
        try {
            caller.getInputStream().transferTo(server.getOutputStream());
            if (!entrance.isClosed()) {
                server.shutdownOutput();
            }
        } catch (IOException _) {
            // One of them is gone, or the line was cut.
        }
    }

    private void answer(Socket server, Socket caller) {
        try (server;
                caller) {
            try {
                server.getInputStream().transferTo(caller.getOutputStream());
            } catch (IOException _) {
                server.getInputStream().transferTo(OutputStream.nullOutputStream());
            }
        } catch (IOException _) {
            // The server is gone too.
        } finally {
            callers.remove(caller);
        }
    }
}
