package org.ballastvm.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The port of the rig over which its init is asked for things, a line each, and answers. */
final class RigControl {
  private final RigMachine machine;
  private final SocketChannel socket;
  private final OutputStream out;

  RigControl(RigMachine machine) {
    this.machine = machine;
    this.socket = machine.connect("control");
    this.out = Channels.newOutputStream(socket);
  }

  /**
   * Asks the rig's init for something.
   *
   * @throws RigError if the rig has ended
   */
  synchronized void send(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new RigError("the rig ended; " + machine.lastWords(), e);
    }
  }

  /** Hears what init answers, the words of a line each time, until the rig ends. */
  void listen(Consumer<String[]> heard) throws IOException {
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(Channels.newInputStream(socket), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        heard.accept(line.split(" "));
      }
    }
  }
}
