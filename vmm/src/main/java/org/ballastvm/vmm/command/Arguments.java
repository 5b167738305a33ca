package org.ballastvm.vmm.command;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Options and parameters of sub-commands. All of them are optional; a text stands in help as it is. */
public final class Arguments {
  private Arguments() {}

  /**
   * An option without a value: {@code Boolean}.
   *
   * @param name with its dashes
   * @param text what it does
   * @return its description
   */
  public static OptionSpec flag(String name, String text) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(literally(text)).build();
  }

  /**
   * An option with a value that is text: {@code String}.
   *
   * @param name  with its dashes
   * @param label what the value looks like, for example SIZE
   * @param text  what it does
   * @return its description
   */
  public static OptionSpec value(String name, String label, String text) {
    return option(name, label, text).type(String.class).build();
  }

  /**
   * An option whose value is one of some words: {@code String}. Completion knows the words; the command checks them.
   *
   * @param name  with its dashes
   * @param label what the value looks like
   * @param words what completion offers
   * @param text  what it does
   * @return its description
   */
  public static OptionSpec word(String name, String label, List<String> words, String text) {
    return option(name, label, text).type(String.class).completionCandidates(words).build();
  }

  /**
   * An option that names a file or a directory: {@code Path}.
   *
   * @param name  with its dashes
   * @param label what the value looks like
   * @param text  what it does
   * @return its description
   */
  public static OptionSpec path(String name, String label, String text) {
    return option(name, label, text).type(Path.class).build();
  }

  /**
   * An option that may be given more than once: {@code List<String>}.
   *
   * @param name  with its dashes
   * @param label what a value looks like
   * @param text  what it does
   * @return its description
   */
  public static OptionSpec values(String name, String label, String text) {
    return option(name, label, text).type(List.class).auxiliaryTypes(String.class).build();
  }

  /**
   * An option that names a file or a directory, and may be given more than once: {@code List<Path>}.
   *
   * @param name  with its dashes
   * @param label what a value looks like
   * @param text  what it does
   * @return its description
   */
  public static OptionSpec paths(String name, String label, String text) {
    return option(name, label, text).type(List.class).auxiliaryTypes(Path.class).build();
  }

  /**
   * An option of the machine that a sub-command passes on, with one dash or two: {@code List<String>}.
   *
   * @param name with its dash
   * @return its description
   */
  public static OptionSpec machineOption(String name) {
    return OptionSpec.builder(name, "-" + name).arity("1").paramLabel("VALUE").type(List.class)
        .auxiliaryTypes(String.class).description("passed on to the machine: ballast -help").build();
  }

  /**
   * All words that are no options: {@code List<String>}.
   *
   * @param label what one looks like
   * @param words what completion offers
   * @param text  what they are
   * @return their description
   */
  public static PositionalParamSpec words(String label, List<String> words, String text) {
    return PositionalParamSpec.builder().index("0..*").arity("0..*").paramLabel(label).type(List.class)
        .auxiliaryTypes(String.class).completionCandidates(words).description(literally(text)).build();
  }

  /** {@return a text that picocli prints as it is: there, a % begins a format} */
  public static String literally(String text) {
    return text.replace("%", "%%");
  }

  private static OptionSpec.Builder option(String name, String label, String text) {
    return OptionSpec.builder(name).arity("1").paramLabel(label).description(literally(text));
  }
}
