package org.ballastvm.vmm.command;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * A word behind {@code ballast} that is not an option: {@code demo}, {@code doctor}. Modules provide them as services.
 * {@link SubCommands} runs them: by their description picocli splits the words, prints help and writes the completion
 * script. A description is made of calls, as annotations would have to be read again in every process.
 */
public interface SubCommand {
  /** {@return the word} */
  String name();

  /** {@return what it does, in one line; empty for one that the build alone uses, which help does not list} */
  String summary();

  /**
   * Describes what stands behind the word: options, parameters and what help says besides. As it is, there is nothing.
   *
   * @param spec has the name, the summary, {@code --help} and the parser's settings already
   */
  default void describe(CommandSpec spec) {
    // No options, no parameters.
  }

  /** {@return the words that may stand behind it, each with options of its own; as it is, there are none} */
  default List<SubCommand> parts() {
    return List.of();
  }

  /**
   * Does it. Where one of {@link #parts} was named, that one is run in its place.
   *
   * @param given what stood behind the word, split as described
   * @return the exit status of the process
   * @throws org.ballastvm.vmm.config.UserError for values that make no sense
   */
  int run(ParseResult given);
}
