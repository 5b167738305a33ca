package org.ballastvm.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.ballastvm.images.GuestImages;

/** This host itself. */
public final class DirectHost implements GuestHost {
  private final GuestImages images;

  /** Creates it. The images have the tools that a connection takes. */
  public DirectHost(GuestImages images) {
    this.images = images;
  }

  @Override
  public HostedProcess start(HostedCommand command) {
    ProcessBuilder builder = new ProcessBuilder(command.arguments()).directory(command.directory().toFile());
    builder.environment().putAll(command.environment());
    try {
      Process process = builder.start();
      return new Local(process, Transcript.of(process.getInputStream()), Transcript.of(process.getErrorStream()));
    } catch (IOException e) {
      throw new RigError(command.arguments().getFirst() + " cannot be run: " + e.getMessage(), e);
    }
  }

  @Override
  public HostedProcess connect(int port) {
    return start(HostedCommand.of(images.busyboxFile().toString(), "nc", "127.0.0.1", Integer.toString(port)));
  }

  @Override
  public HostedStream stream(int port) {
    try {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return new LocalStream(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
    } catch (IOException e) {
      throw new RigError("nobody listens on port " + port + " of 127.0.0.1", e);
    }
  }

  @Override
  public int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new RigError("no free port on 127.0.0.1", e);
    }
  }

  @Override
  public String description() { return "this host's /dev/kvm"; }

  private record LocalStream(SocketChannel channel, InputStream input, OutputStream output) implements HostedStream {
    @Override
    public void close() throws IOException { channel.close(); }
  }

  private record Local(Process process, Transcript output, Transcript errors) implements HostedProcess {
    @Override
    public OutputStream input() { return process.getOutputStream(); }

    @Override
    public long pid() { return process.pid(); }

    @Override
    public OptionalInt waitFor(Duration atMost) {
      try {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)
            ? OptionalInt.of(process.exitValue())
            : OptionalInt.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigError("interrupted while waiting for a process", e);
      }
    }

    @Override
    public void kill() { process.destroyForcibly(); }
  }
}
