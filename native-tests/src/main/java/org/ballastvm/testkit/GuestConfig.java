package org.ballastvm.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImage;

/**
 * How a guest is started.
 *
 * @param options    Ballast's options (QEMU's), but for kernel, initrd, command line, console and monitor
 * @param append     what stands on the kernel's command line behind {@code console=ttyS0 panic=-1 quiet}
 * @param debian     which of Debian's kernels
 * @param kernel     a kernel to boot instead of Debian's; empty for Debian's
 * @param jvmOptions options for the JVM that runs Ballast, as {@code -Dballast.native=jna}
 * @param noReboot   a reset of the guest is its end
 * @param agent      the agent runs in it, for {@link Guest#exec}
 */
public record GuestConfig(List<String> options, String append, DebianFlavour debian, String kernel,
    List<String> jvmOptions, boolean noReboot, boolean agent) {
  public GuestConfig {
    options = List.copyOf(options);
    jvmOptions = List.copyOf(jvmOptions);
  }

  /** Describes a guest without the agent. */
  public GuestConfig(List<String> options, String append, DebianFlavour debian, String kernel, List<String> jvmOptions,
      boolean noReboot) {
    this(options, append, debian, kernel, jvmOptions, noReboot, false);
  }

  /** {@return the same guest with the agent in it} */
  public GuestConfig withAgent() {
    return new GuestConfig(options, append, debian, kernel, jvmOptions, noReboot, true);
  }

  /** {@return a guest of Debian's kernel that ends when it is reset} */
  public static GuestConfig of(String... options) {
    return new GuestConfig(List.of(options), "", DebianFlavour.CLOUD, "", List.of(), true);
  }

  /**
   * The same guest with another command line.
   *
   * @param words what stands on the kernel's command line in place of {@link #append}
   * @return how it is started
   */
  public GuestConfig appending(String words) {
    return new GuestConfig(options, words, debian, kernel, jvmOptions, noReboot, agent);
  }

  /**
   * The same guest with more options.
   *
   * @param more Ballast's options
   * @return how it is started
   */
  public GuestConfig with(List<String> more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(more);
    return new GuestConfig(all, append, debian, kernel, jvmOptions, noReboot, agent);
  }

  static GuestConfig of(Boot boot) {
    return new GuestConfig(List.of(boot.value()), boot.append(), boot.debian(), boot.kernel(),
        List.of(boot.jvmOptions()),
        boot.noReboot(), boot.agent());
  }

  /**
   * The options for a guest.
   *
   * @param image what it boots
   * @param monitorPort where its monitor is
   * @param hostsWords what its host has stand on the kernel's command line, before {@link #append}
   */
  List<String> arguments(GuestImage image, int monitorPort, String hostsWords) {
    String words = Stream.of("console=ttyS0 panic=-1 quiet", hostsWords, append).filter(each -> !each.isBlank())
        .collect(Collectors.joining(" "));
    List<String> arguments = new ArrayList<>(List.of("-nodefaults", "-display", "none", "-serial", "stdio", "-monitor",
        "tcp:127.0.0.1:" + monitorPort + ",server=on,wait=off", "-kernel", image.kernel().toString(), "-initrd",
        image.initrd().toString(), "-append", words));
    if (noReboot) {
      arguments.add("-no-reboot");
    }
    arguments.addAll(options);
    return arguments;
  }
}
