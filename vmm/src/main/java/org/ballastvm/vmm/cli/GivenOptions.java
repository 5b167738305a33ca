package org.ballastvm.vmm.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/**
 * What a command line says, split into options and their values. It takes a page, where picocli takes longer to set up
 * than the machine: options here are QEMU's, and have no abbreviations, no clusters and no {@code =}.
 */
final class GivenOptions {
  private final Map<String, List<String>> values = new HashMap<>();

  /**
   * Splits a command line.
   *
   * @throws UserError for a word that is no option, and for an option without its value
   */
  GivenOptions(List<String> arguments) {
    for (Iterator<String> words = arguments.iterator(); words.hasNext();) {
      String word = words.next();
      Option option = Option.named(word).orElseThrow(() -> unknown(word));
      List<String> given = values.computeIfAbsent(option.name(), name -> new ArrayList<>());
      if (option.takesValue()) {
        if (!words.hasNext()) {
          throw new UserError(word + ": a value must follow: " + word + " " + option.label());
        }
        given.add(words.next());
      }
    }
  }

  private static UserError unknown(String word) {
    if (word.startsWith("-")) {
      return new UserError(word + ": Ballast has no such option; -help lists those it has");
    }
    return new UserError(
        word + ": a disk image or other word without an option; a kernel is given with -kernel FILE");
  }

  boolean has(String option) { return values.containsKey(option); }

  /** The value of an option that counts once: given more often, the last, as in QEMU. */
  Optional<String> value(String option) {
    List<String> all = values(option);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** All values of an option, in their order. */
  List<String> values(String option) {
    return values.getOrDefault(option, List.of());
  }
}
