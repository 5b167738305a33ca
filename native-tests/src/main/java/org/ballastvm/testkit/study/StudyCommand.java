package org.ballastvm.testkit.study;

import java.io.IOException;
import org.ballastvm.images.ImageError;
import org.ballastvm.rig.RigError;
import org.ballastvm.testkit.GuestHosts;
import org.ballastvm.vmm.command.SubCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast study}: measures what a resize of a guest costs by each means there is, on the user's kernel. */
public final class StudyCommand implements SubCommand {
  private static final int CANNOT = 1;

  private final long started = System.nanoTime();

  @Override
  public String name() { return "study"; }

  @Override
  public String summary() { return "resizes a guest by balloon, virtio-mem and DIMM, and shows what each takes"; }

  @Override
  public void describe(CommandSpec spec) { StudyOptions.describe(spec); }

  @Override
  public int run(ParseResult given) {
    StudyOptions options = StudyOptions.of(given);
    GuestHosts.show(this::show);
    try {
      StudyTable table = StudyRunner.run(options, this::show);
      System.out.print(table.text());
      System.out.flush();
      boolean written = options.csv().map(file -> file.write(table.csv())).orElse(true);
      written &= options.svg().map(file -> file.write(StudyChart.of(table))).orElse(true);
      return written && table.results().stream().allMatch(result -> result.failure().isEmpty()) ? 0 : CANNOT;
    } catch (RigError | ImageError | IOException e) {
      System.err.println("ballast: study: " + e.getMessage());
      return CANNOT;
    }
  }

  private void show(String what) {
    System.err.printf("[%3d s] %s%n", (System.nanoTime() - started) / 1_000_000_000L, what);
  }
}
