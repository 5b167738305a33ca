package org.ballastvm.testkit.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.chart.MemoryChart;
import org.ballastvm.testkit.chart.OutputFile;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast demo}: boots Debian's kernel, takes half of its memory away, and shows who has it. */
public final class DemoCommand implements SubCommand {
  private static final int FULL_MIB = 1024;
  private static final int SMALL_MIB = 512;
  private static final int FILL_MIB = 640;
  private static final int PROMISED_PERCENT = 95;
  private static final int CANNOT = 1;
  private static final int KIB_PER_MIB = 1024;
  private static final String BALLOON_ID = "balloon0";
  private static final String BALLOON = "virtio-balloon-pci,id=" + BALLOON_ID;
  private static final String TITLE = "A guest gives half of its memory to the host, and takes it back";

  private final List<Reading> readings = new ArrayList<>();
  private final Screen screen = Screen.ofTerminal(FULL_MIB);
  private final long started = System.nanoTime();

  @Override
  public String name() { return "demo"; }

  @Override
  public String summary() { return "boots a guest, takes half of its memory away, and shows who has it"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(Arguments.path("--svg", "FILE", "draw the memory of guest and host over time there"));
  }

  @Override
  public int run(ParseResult given) {
    Optional<OutputFile> svg = svg(given);
    GuestHosts.show(this::show);
    try {
      GuestHost host = findHost();
      show("Linux guests run on " + host.description());
      show("ballast -m " + FULL_MIB + " -device " + BALLOON + " -kernel vmlinuz -initrd initrd ...");
      try (Guest guest = Guest.boot(host, GuestConfig.of("-m", Integer.toString(FULL_MIB), "-device",
          BALLOON))) {
        return svg.isEmpty() ? play(guest, DemoRun.ALONE) : playAndDraw(guest, host, svg.get());
      }
    } catch (RigError | ImageError e) {
      System.err.println("ballast: demo: " + e.getMessage());
      return CANNOT;
    }
  }

  /** {@return where to draw; checked before minutes are spent} */
  static Optional<OutputFile> svg(ParseResult given) {
    Object value = given.matchedOptionValue("--svg", null);
    return value == null ? Optional.empty() : Optional.of(OutputFile.of("demo --svg", value.toString()));
  }

  private int playAndDraw(Guest guest, GuestHost host, OutputFile file) {
    try (MemorySampler sampler = MemorySampler.start(guest, BALLOON_ID)) {
      int status = play(guest, sampler);
      String about = "ballast -m " + FULL_MIB + " -device " + BALLOON + ", Linux " + guest.kernelRelease() + ", on "
          + host.description();
      boolean written = file.write(MemoryChart.of(TITLE, about, sampler.samples(), sampler.phases()));
      return written ? status : CANNOT;
    }
  }

  private void show(String what) {
    screen.say(String.format("[%3d s] %s", (System.nanoTime() - started) / 1_000_000_000L, what));
  }

  /** A host where nothing is missing, or no longer: what Debian has, apt installs, if it may. */
  private GuestHost findHost() {
    show("trying whether /dev/kvm boots Linux");
    Optional<String> obstacle = GuestHosts.directObstacle();
    if (obstacle.isPresent()) {
      show(obstacle.get() + "; starting the rig instead");
      if (GuestHosts.rigObstacle().isPresent() && mayInstall()) {
        install("qemu-system-x86");
      }
    }
    return GuestHosts.find();
  }

  private static boolean mayInstall() {
    return System.getProperty("user.name").equals("root") && Files.isExecutable(Path.of("/usr/bin/apt-get"));
  }

  private void install(String debianPackage) {
    show("apt-get install " + debianPackage);
    try {
      ProcessBuilder apt = new ProcessBuilder("sh", "-c",
          "apt-get -q update && apt-get -q install -y --no-install-recommends " + debianPackage);
      apt.environment().put("DEBIAN_FRONTEND", "noninteractive");
      Process process = apt.redirectErrorStream(true).start();
      process.getOutputStream().close();
      process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      if (process.waitFor() != 0) {
        show("apt-get could not install it");
      }
    } catch (IOException e) {
      show("apt-get cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int play(Guest guest, DemoRun run) {
    run.phase("booted");
    read(guest, run, "booted " + guest.kernelRelease(), "booted");
    run.phase("the guest fills " + FILL_MIB + " MiB");
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + FILL_MIB);
    read(guest, run, "the guest filled " + FILL_MIB + " MiB", "filled");
    run.phase("and frees them");
    guest.run("rm /tmp/fill");
    Reading before = read(guest, run, "the guest freed them, and the host does not know", "freed");
    resize(guest, run, SMALL_MIB);
    Reading after = read(guest, run, "(ballast) balloon " + SMALL_MIB, "balloon " + SMALL_MIB);
    resize(guest, run, FULL_MIB);
    read(guest, run, "(ballast) balloon " + FULL_MIB, "balloon " + FULL_MIB);
    run.phase("fills and frees " + FILL_MIB + " MiB");
    guest.run("dd if=/dev/zero of=/tmp/fill bs=1M count=" + FILL_MIB + " && rm /tmp/fill");
    read(guest, run, "the guest filled " + FILL_MIB + " MiB once more", "filled again");
    run.close();
    guest.type("poweroff -f");
    guest.awaitEnd();
    return conclude(before, after);
  }

  private void resize(Guest guest, DemoRun run, int mib) {
    run.phase("balloon " + mib);
    guest.monitor("balloon " + mib);
    guest.await("balloon " + mib, () -> {
      String answer = guest.monitor("info balloon");
      screen.live(() -> String.format("  %s, resident %d MiB", answer, guest.residentKiB() / KIB_PER_MIB));
      return answer.equals("balloon: actual=" + mib);
    });
  }

  private Reading read(Guest guest, DemoRun run, String what, String label) {
    run.settle();
    Reading reading = new Reading(label, guest.memInfoKiB("MemTotal") / KIB_PER_MIB,
        guest.memInfoKiB("MemAvailable") / KIB_PER_MIB, guest.residentKiB() / KIB_PER_MIB);
    readings.add(reading);
    show(what);
    screen.draw(reading);
    return reading;
  }

  private int conclude(Reading before, Reading after) {
    long taken = before.totalMib() - after.totalMib();
    long returned = before.residentMib() - after.residentMib();
    long percent = taken == 0 ? 0 : returned * 100 / taken;
    screen.say("");
    screen.say(Reading.table(readings));
    screen.say("The balloon took " + taken + " MiB from the guest; the host's resident memory fell by " + returned
        + " MiB, " + percent + "% of it.");
    if (percent < PROMISED_PERCENT) {
      System.err.println("ballast: demo: less than " + PROMISED_PERCENT + "% came back to the host");
      return CANNOT;
    }
    return 0;
  }
}
