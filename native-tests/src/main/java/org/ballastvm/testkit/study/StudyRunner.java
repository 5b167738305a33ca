package org.ballastvm.testkit.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.FileTree;
import org.ballastvm.images.GuestImage;
import org.ballastvm.images.Kernel;
import org.ballastvm.images.Progress;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.Guest;
import org.ballastvm.testkit.GuestConfig;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.testkit.verdict.VerdictKind;

/** Runs a study's guests, one at a time, the mechanisms by turns. */
final class StudyRunner {
  private static final Duration SOON = Duration.ofMinutes(1);
  /** Of a sentence in the table; all of it has been shown by then. */
  private static final int MOST_CHARACTERS = 300;
  private static final Path MODULES = Path.of("/lib/modules");

  private final StudyOptions options;
  private final StudyPlan plan;
  private final Progress progress;
  private final Path directory;
  private final Map<Mechanism, List<Measurement>> rounds = new LinkedHashMap<>();
  private final Map<Mechanism, String> failures = new LinkedHashMap<>();
  private Guest running;
  private boolean ended;

  private StudyRunner(StudyOptions options, Progress progress, Path directory) {
    this.options = options;
    this.plan = options.plan();
    this.progress = progress;
    this.directory = directory;
    plan.mechanisms().forEach(mechanism -> rounds.put(mechanism, new ArrayList<>()));
  }

  /**
   * Does a study.
   *
   * @throws RigError if no guest runs here, or one ends of itself
   * @throws org.ballastvm.images.ImageError if there is no kernel or busybox to be had
   * @throws IOException if there is no room for an initrd
   */
  static StudyTable run(StudyOptions options, Progress progress) throws IOException {
    Path directory = Files.createTempDirectory("ballast-study");
    StudyRunner runner = new StudyRunner(options, progress, directory);
    // A signal ends the process without this thread, and a guest on the host itself would outlive it.
    Thread cleaner = new Thread(runner::end, "study-end");
    Runtime.getRuntime().addShutdownHook(cleaner);
    try {
      return runner.measure();
    } finally {
      runner.end();
    }
  }

  private StudyTable measure() throws IOException {
    Kernel kernel = kernel();
    GuestImage image = StudyInitrd.write(directory, GuestHosts.images().lab(kernel), options.initrd());
    progress.begins("trying where Linux boots");
    GuestHost host = GuestHosts.find();
    progress.begins("Linux " + kernel.release() + " runs on " + host.description() + "; " + plan.title() + ", seed "
        + plan.seed());
    boolean huge = !host.run(SOON, HostedCommand.of("sh", "-c",
        "cat /sys/kernel/mm/transparent_hugepage/enabled 2> /dev/null || echo '[never]'")).contains("[never]");
    String release = kernel.release();
    for (int round = 1; round <= plan.rounds(); round++) {
      for (Mechanism mechanism : plan.mechanisms()) {
        if (!failures.containsKey(mechanism)) {
          release = measure(host, image, mechanism, round, huge);
        }
      }
    }
    return new StudyTable(release, host.description(), plan, plan.mechanisms().stream()
        .map(each -> new MechanismResult(each, rounds.get(each), Optional.ofNullable(failures.get(each)))).toList());
  }

  private Kernel kernel() {
    if (options.kernel().isEmpty()) {
      return GuestHosts.images().kernel(DebianFlavour.CLOUD);
    }
    Kernel kernel = Kernel.ofPath(options.kernel().get(), options.modules());
    Path installed = MODULES.resolve(kernel.release());
    return options.modules().isEmpty() && options.initrd().isEmpty() && Files.isDirectory(installed)
        ? Kernel.ofPath(kernel.image(), Optional.of(installed))
        : kernel;
  }

  /** {@return the kernel's name, as the guest says it} */
  private String measure(GuestHost host, GuestImage image, Mechanism mechanism, int round, boolean huge) {
    String log = directory.resolve("log-" + mechanism.word() + '-' + round).toString();
    String name = mechanism.word() + ", round " + round + " of " + plan.rounds() + ": ";
    progress.begins(name + "booting");
    Guest guest = start(host, image, mechanism, log);
    try {
      guest.awaitUp();
      if (options.initrd().isPresent()) {
        guest.tryToRun("modprobe -a virtio_pci virtio_balloon virtio_mem");
      }
      Measurement measurement = new StudyRound(plan, mechanism, guest, log, huge,
          step -> progress.begins(name + step)).run();
      rounds.get(mechanism).add(measurement);
      progress.begins(name + "grew in "
          + Metric.GROW.text(Metric.GROW.of(measurement).orElseThrow()) + ", shrank in "
          + Metric.SHRINK.text(Metric.SHRINK.of(measurement).orElseThrow()));
    } catch (StudyFailure | RigError e) {
      if (hasEnded()) {
        throw e;
      }
      String sentence = e.getMessage().lines().findFirst().orElse("");
      failures.put(mechanism, sentence.substring(0, Math.min(sentence.length(), MOST_CHARACTERS)));
      progress.begins(name + e.getMessage());
    } finally {
      close(guest);
    }
    return guest.kernelRelease();
  }

  private synchronized Guest start(GuestHost host, GuestImage image, Mechanism mechanism, String log) {
    if (ended) {
      throw new RigError("the study was ended");
    }
    List<String> words = new ArrayList<>(mechanism.options(plan.sizes()));
    words.addAll(List.of("-smp", Integer.toString(plan.cpuCount()), "-D", log, "-d",
        "trace:balloon_discard,trace:memory_*"));
    String append = (mechanism.wantsMovable() ? "lab.movable " : "") + options.append();
    running = Guest.start(host, image,
        new GuestConfig(words, append.strip(), DebianFlavour.CLOUD, "", List.of(), true));
    running.expect(VerdictKind.values()); // What a mechanism does to a guest is what is measured.
    return running;
  }

  private synchronized boolean hasEnded() { return ended; }

  private synchronized void close(Guest guest) {
    guest.close();
    running = null;
  }

  /** Leaves nothing behind. */
  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (running != null) {
      running.kill();
    }
    try {
      FileTree.delete(directory);
    } catch (IOException e) {
      progress.begins(directory + " is left behind: " + e.getMessage());
    }
  }
}
