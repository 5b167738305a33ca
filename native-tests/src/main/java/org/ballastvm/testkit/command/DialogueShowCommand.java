package org.ballastvm.testkit.command;

import java.util.List;
import org.ballastvm.record.RecordingText;
import org.ballastvm.vmm.command.Arguments;
import org.ballastvm.vmm.command.SubCommand;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code ballast dialogue show}. */
final class DialogueShowCommand implements SubCommand {
  @Override
  public String name() { return "show"; }

  @Override
  public String summary() { return "prints a recording, a line for each event: when, who, what"; }

  @Override
  public void describe(CommandSpec spec) {
    spec.addPositional(Arguments.words("FILE", List.of(), "what -record or record_start has written"));
  }

  @Override
  public int run(ParseResult given) {
    List<String> files = given.matchedPositionalValue(0, List.of());
    if (files.size() != 1) {
      throw new UserError("dialogue show: takes one FILE, not " + files.size());
    }
    System.out.print(RecordingText.of(DialogueFile.read("dialogue show", files.getFirst())));
    return 0;
  }
}
