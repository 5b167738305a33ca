package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.rig.Transcript;

/** A client of the machine protocol where a guest runs, which hears everything and forgets nothing. */
record HostedQmp(HostedProcess line) implements AutoCloseable {
  /** Does not wait for the answer. */
  void say(String command, String arguments) {
    try {
      line.input().write(("{\"execute\":\"" + command + "\",\"arguments\":{" + arguments + "}}\n")
          .getBytes(StandardCharsets.UTF_8));
      line.input().flush();
    } catch (IOException e) {
      throw new RigError("a monitor takes no input", e);
    }
  }

  /** {@return what it heard} */
  Transcript heard() { return line.output(); }

  @Override
  public void close() { line.kill(); }
}
