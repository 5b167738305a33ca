package org.ballastvm.testkit.agent;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import org.ballastvm.images.GuestImages;
import org.ballastvm.images.ImageError;
import org.junit.jupiter.api.Assumptions;

/** The real agent as a process of this host, so that its rules need no guest to be tested. */
final class LocalAgent {
  private LocalAgent() {}

  /** {@return its process, which speaks on its standard streams} */
  static Process start() throws IOException {
    return new ProcessBuilder(program().toString(), "-").redirectError(Redirect.INHERIT).start();
  }

  private static Path program() {
    try {
      return GuestImages.ofUser().agentFile();
    } catch (ImageError e) {
      Assumptions.assumeTrue(System.getenv("CI") != null, "skipped: " + e.getMessage());
      throw e;
    }
  }

  /** {@return one that has been greeted} */
  static Agent agent() throws IOException {
    Process process = start();
    Agent agent = Agent.over(process.getInputStream(), process.getOutputStream(),
        () -> process.getOutputStream().close());
    agent.awaitUp(20);
    return agent;
  }
}
