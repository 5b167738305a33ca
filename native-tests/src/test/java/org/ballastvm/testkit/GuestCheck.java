package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.HostedCommand;

/**
 * What the script guest-check does with one guest, where another host is played.
 *
 * @param command the script, and its arguments
 * @param files   what it needs of this host
 */
record GuestCheck(HostedCommand command, List<Path> files) {
  /** What holds of a guest with one processor. */
  static final List<String> ALL = List.of("boot, 1 processors", "balloon", "virtio-mem", "DIMM", "stop and cont",
      "reset",
      "end");

  private static final Path SCRIPT = Path.of("src/test/sh/guest-check").toAbsolutePath();
  private static final Pattern HELD = Pattern.compile("^held: (.*) \\(at .*\\)$");

  /** Runs the command somewhere, with these streams for its output and its complaints; returns its exit status. */
  interface Runner {
    int run(OutputStream out, PrintStream errors);
  }

  /** The package of this source tree boots Debian's cloud kernel with so many processors. */
  static GuestCheck of(int processors) {
    Path launcher = Launched.launcher();
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    return new GuestCheck(
        HostedCommand.of("sh", SCRIPT.toString(), launcher.toString(), image.kernel().toString(),
            image.initrd().toString(), Integer.toString(processors)),
        List.of(SCRIPT, launcher, launcher.resolveSibling(".mvn/jdk"),
            launcher.resolveSibling("native-tests/target/dist"), image.kernel(), image.initrd()));
  }

  /** {@return what held}; what is said on the way stands on standard error as it comes. */
  List<String> held(Runner runner) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream errors = new PrintStream(said, true, StandardCharsets.UTF_8);
    int status = runner.run(both(said, System.err), errors);
    String text = said.toString(StandardCharsets.UTF_8);
    assertEquals(0, status, text);
    return text.lines().map(HELD::matcher).flatMap(line -> line.matches() ? Stream.of(line.group(1)) : Stream.empty())
        .toList();
  }

  private static OutputStream both(OutputStream kept, OutputStream seen) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        kept.write(one);
        seen.write(one);
      }

      @Override
      public void flush() throws IOException { seen.flush(); }
    };
  }
}
