package org.ballastvm.testkit.command;

import java.util.List;
import java.util.Optional;
import org.ballastvm.record.Comparison;
import org.ballastvm.record.Likeness;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast dialogue compare}. */
final class DialogueCompareCommand implements SubCommand {
  private static final int DIFFERENT = 1;

  @Override
  public String name() { return "compare"; }

  @Override
  public String summary() {
    return "compares what drivers say and devices answer; the exit status is 1 where that differs";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.addOption(
        Arguments.flag("--ignoring-times", "all must be the same but times: rings, interrupts, addresses too"));
    spec.addOption(Arguments.flag("--exactly", "all must be the same"));
    spec.addPositional(Arguments.words("FILE", List.of(), "two recordings"));
    spec.usageMessage()
        .footer("Without an option, times, addresses, rings and interrupts do not count, and each queue is"
            + " compared by itself.");
  }

  @Override
  public int run(ParseResult given) {
    List<String> files = given.matchedPositionalValue(0, List.of());
    if (files.size() != 2) {
      throw new UserError("dialogue compare: takes two FILEs, not " + files.size());
    }
    Optional<String> difference = Comparison.firstDifference(DialogueFile.read("dialogue compare", files.get(0)),
        DialogueFile.read("dialogue compare", files.get(1)), likeness(given));
    difference.ifPresent(System.out::print);
    return difference.isPresent() ? DIFFERENT : 0;
  }

  private static Likeness likeness(ParseResult given) {
    if (given.hasMatchedOption("--exactly")) {
      return Likeness.EXACTLY;
    }
    return given.hasMatchedOption("--ignoring-times") ? Likeness.IGNORING_TIMES : Likeness.WHAT_IS_SAID;
  }
}
