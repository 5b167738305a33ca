package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.IntelConfig;
import org.ballastvm.rig.IntelRig;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A guest under kvm_intel, on an Intel processor that Bochs interprets, with the package of this source tree. Ten to twenty
 * minutes each, so only with {@code -Pintel}. What the rig says stands on standard error as it comes.
 */
@Tag("intel")
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IntelIT {
  private static final Path SCRIPT = Path.of("src/test/sh/intel-check").toAbsolutePath();
  private static final Pattern HELD = Pattern.compile("^held: (.*) \\(at .*\\)$");

  @ParameterizedTest
  @ValueSource(strings = {"kvm_intel.ept=1", "kvm_intel.ept=0", "kvm_intel.unrestricted_guest=0"})
  void aGuestBootsAndItsMemoryComesAndGoes(String kernelArgument) {
    assertEquals(
        List.of("boot, 1 processors", "balloon", "virtio-mem", "DIMM", "stop and cont", "reset", "end"),
        checked(1, kernelArgument));
  }

  @Test
  void aGuestWithTwoProcessorsBoots() {
    assertEquals(List.of("boot, 2 processors", "end"), checked(2, "kvm_intel.ept=1"));
  }

  /** {@return what held} */
  private static List<String> checked(int processors, String kernelArgument) {
    Path launcher = Launched.launcher();
    GuestImage image = GuestHosts.images().debian(DebianFlavour.CLOUD);
    IntelConfig config = IntelConfig.ofTests().arguing(List.of(kernelArgument)).taking(List.of(SCRIPT, launcher,
        launcher.resolveSibling(".mvn/jdk"), launcher.resolveSibling("native-tests/target/dist"), image.kernel(),
        image.initrd()));
    HostedCommand command = HostedCommand.of("sh", SCRIPT.toString(), launcher.toString(), image.kernel().toString(),
        image.initrd().toString(), Integer.toString(processors));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream errors = new PrintStream(said, true, StandardCharsets.UTF_8);
    int status = IntelRig.run(config, GuestHosts.images(), command, both(said, System.err), errors);
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
