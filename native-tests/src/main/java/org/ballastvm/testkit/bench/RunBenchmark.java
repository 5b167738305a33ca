package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.ballastvm.images.DebianFlavour;
import org.ballastvm.images.GuestImages;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.HostedProcess;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.agent.Agent;
import org.ballastvm.testkit.agent.GuestCommand;
import org.ballastvm.testkit.bench.Peers.Figures;
import org.ballastvm.testkit.bench.Peers.Vmm;
import org.ballastvm.testkit.run.GuestRun;
import org.ballastvm.testkit.run.RunWish;

/**
 * {@code uname -r} in a guest with the host's files, by QEMU and by Ballast in turns: the same kernel, initramfs, command line
 * and folder. QEMU is over as soon as the line has come; Ballast, when its process has ended.
 */
final class RunBenchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int IN_A_PIPE = 4;
  private static final List<String> QEMU = List.of("qemu-system-x86_64", "-accel", "kvm", "-cpu", "host");

  private final GuestHost host;
  private final Path launcher;
  private final List<String> machine;
  private final String release;

  /**
   * A benchmark.
   *
   * @param host     where both run
   * @param launcher of Ballast
   */
  RunBenchmark(GuestHost host, Path launcher, GuestImages images, RunWish wish) {
    this.host = host;
    this.launcher = launcher;
    this.machine = GuestRun.prepare(wish, images);
    this.release = images.kernel(DebianFlavour.STOCK).release();
  }

  /** {@return what both took, by turns; a run of each before them brings files into the host's memory, and is not counted} */
  Map<Vmm, Figures> run(int runs) throws IOException {
    Map<Vmm, Figures> figures = new EnumMap<>(Map.of(Vmm.QEMU, new Figures(), Vmm.BALLAST, new Figures()));
    for (int i = 0; i <= runs; i++) {
      double qemu = ofQemu();
      double ballast = ofBallast();
      if (i > 0) {
        figures.get(Vmm.QEMU).add("exec to the output of `uname -r`, s", qemu);
        figures.get(Vmm.BALLAST).add("exec to the output of `uname -r`, s", ballast);
      }
    }
    return figures;
  }

  private double ofQemu() throws IOException {
    List<String> command = new ArrayList<>(QEMU);
    command.addAll(machine);
    command.addAll(List.of("-serial", "null", "-device", "virtio-serial-pci,id=agents,max_ports=2", "-chardev",
        "stdio,id=agent,signal=off", "-device", "virtserialport,bus=agents.0,chardev=agent,name=" + Agent.PORT));
    long start = System.nanoTime();
    HostedProcess process = host.start(HostedCommand.of(command));
    try {
      process.input().write(Agent.request(GuestCommand.of("uname", "-r")));
      process.input().flush();
      process.output().await(Pattern.compile(Pattern.quote(release)), PATIENCE);
      return Peers.secondsSince(start);
    } finally {
      process.kill();
      process.waitFor(PATIENCE);
    }
  }

  private double ofBallast() throws IOException {
    long start = System.nanoTime();
    HostedProcess process = host.start(HostedCommand.of(launcher.toString(), "run", "--", "uname", "-r"));
    process.input().close();
    int status = process.waitFor(PATIENCE).orElseThrow(() -> new RigError("run does not end"));
    double seconds = Peers.secondsSince(start);
    if (status != 0 || !process.output().whole(PATIENCE).equals(release + "\n")) {
      throw new RigError("run ended with " + status + ": " + process.errors().text());
    }
    return seconds;
  }

  /** {@return how long four guests in a pipe take, in seconds} */
  double inAPipe() {
    String one = "'" + launcher + "' run -- sh -c 'cat; uname -r'";
    long start = System.nanoTime();
    String said = host.run(PATIENCE, HostedCommand.of("sh", "-c",
        String.join(" | ", Collections.nCopies(IN_A_PIPE, one)) + " < /dev/null"));
    if (!said.equals((release + "\n").repeat(IN_A_PIPE))) {
      throw new RigError("four guests in a pipe said: " + said);
    }
    return Peers.secondsSince(start);
  }
}
