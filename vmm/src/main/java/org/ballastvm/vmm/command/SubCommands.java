package org.ballastvm.vmm.command;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.ballastvm.vmm.config.UserError;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs sub-commands: help, and one sentence for what a user got wrong, are the same for all. */
public final class SubCommands {
  /** How wide help is, in columns. */
  public static final int WIDTH = 100;

  private static final String END_OF_OPTIONS = "--";

  private SubCommands() {}

  /** {@return all that modules provide, in the order of the modules} */
  public static List<SubCommand> all() {
    List<SubCommand> found = new ArrayList<>();
    ServiceLoader.load(SubCommand.class).forEach(found::add);
    return found;
  }

  /**
   * The description of a sub-command, as help and completion need it.
   *
   * @param command which
   * @return its name, summary, options and parameters
   */
  public static CommandSpec spec(SubCommand command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().width(WIDTH).description(Arguments.literally(command.summary()))
        .synopsisHeading("usage: ballast ").abbreviateSynopsis(true).sortOptions(false).sortSynopsis(false);
    // An argument is what the user typed: no file of arguments behind an @, no words run together behind one dash.
    spec.parser().expandAtFiles(false).posixClusteredShortOptionsAllowed(false).overwrittenOptionsAllowed(true)
        .allowOptionsAsOptionParameters(false);
    command.describe(spec);
    for (SubCommand part : command.parts()) {
      spec.addSubcommand(part.name(), spec(part));
    }
    spec.addOption(OptionSpec.builder("-h", "--help").usageHelp(true).description("print this").build());
    return spec;
  }

  /**
   * Runs a sub-command, or prints its help.
   *
   * @param command   which
   * @param arguments what stands behind its name
   * @return the exit status of the process
   * @throws UserError for what its description does not have, and for values that make no sense
   */
  public static int run(SubCommand command, List<String> arguments) {
    ParseResult given = parse(new CommandLine(spec(command)), arguments);
    SubCommand asked = command;
    while (given.hasSubcommand()) {
      refuseOptionsBefore(given);
      given = given.subcommand();
      asked = part(asked, given.commandSpec().name());
    }
    if (given.isUsageHelpRequested()) {
      CommandLine line = given.commandSpec().commandLine();
      line.setSeparator(" ");
      line.usage(System.out);
      return 0;
    }
    return asked.run(given);
  }

  private static SubCommand part(SubCommand command, String name) {
    return command.parts().stream().filter(part -> part.name().equals(name)).findFirst().orElseThrow();
  }

  /** They belong to the word before, which is not run. */
  private static void refuseOptionsBefore(ParseResult given) {
    for (OptionSpec option : given.matchedOptions()) {
      throw new UserError(given.commandSpec().qualifiedName() + " " + option.longestName() + ": does not go with "
          + given.subcommand().commandSpec().name() + ", whose options stand behind it");
    }
  }

  /**
   * Splits what stands behind a sub-command, and runs nothing.
   *
   * @param command   which
   * @param arguments what stands behind its name
   * @return what was given
   * @throws UserError for what its description does not have
   */
  public static ParseResult parse(SubCommand command, List<String> arguments) {
    return parse(new CommandLine(spec(command)), arguments);
  }

  private static ParseResult parse(CommandLine line, List<String> arguments) {
    CommandSpec spec = line.getCommandSpec();
    try {
      return line.parseArgs(twoDashes(spec, arguments).toArray(String[]::new));
    } catch (UnmatchedArgumentException e) {
      String word = e.getUnmatched().getFirst();
      throw new UserError(nameOf(e) + " " + word + ": there is no such " + (word.startsWith("-") ? "option" : "word")
          + "; " + nameOf(e) + " --help lists what it takes", e);
    } catch (MissingParameterException e) {
      throw new UserError(missing(nameOf(e), e.getMissing()), e);
    } catch (ParameterException e) {
      throw new UserError(nameOf(e) + ": " + e.getMessage(), e);
    }
  }

  /** All words of the command that was being read: image debian. */
  private static String nameOf(ParameterException e) {
    return e.getCommandLine().getCommandSpec().qualifiedName();
  }

  private static String missing(String command, List<ArgSpec> arguments) {
    ArgSpec first = arguments.getFirst();
    return first instanceof OptionSpec option
        ? command + " " + option.longestName() + ": a value must follow: " + option.longestName() + " "
            + option.paramLabel()
        : command + ": " + first.paramLabel() + " must follow; " + command + " --help says more";
  }

  /** As for machines, one dash or two make no difference. What ends in another program's words is left alone. */
  private static List<String> twoDashes(CommandSpec spec, List<String> arguments) {
    boolean isPart = !arguments.isEmpty() && spec.subcommands().containsKey(arguments.getFirst());
    if (spec.parser().stopAtPositional() && !isPart) {
      return arguments;
    }
    List<String> words = new ArrayList<>(arguments);
    int end = words.indexOf(END_OF_OPTIONS);
    CommandSpec named = spec;
    for (int i = 0; i < (end < 0 ? words.size() : end); i++) {
      String name = words.get(i).split("=", 2)[0];
      if (named.subcommands().containsKey(name)) {
        named = named.subcommands().get(name).getCommandSpec();
      } else if (name.startsWith("-") && !named.optionsMap().containsKey(name)
          && named.optionsMap().containsKey("-" + name)) {
        words.set(i, "-" + words.get(i));
      }
    }
    return words;
  }
}
