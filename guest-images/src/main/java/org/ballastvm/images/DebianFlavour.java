package org.ballastvm.images;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Debian's kernels for x86-64, by the package that always depends on the newest. */
public enum DebianFlavour {
  /** The small one, with what a virtual machine has. */
  CLOUD("cloud", "linux-image-cloud-amd64"),
  /** The one that Debian installs, with modules for everything. */
  STOCK("stock", "linux-image-amd64"),
  /** The same of a later series, which Debian 12 has beside its own. */
  LATER("6.12", "linux-image-6.12-amd64");

  private final String word;
  private final String metaPackage;

  DebianFlavour(String word, String metaPackage) {
    this.word = word;
    this.metaPackage = metaPackage;
  }

  /** {@return the one that a command line has this word for} */
  public static Optional<DebianFlavour> of(String word) {
    return Stream.of(values()).filter(each -> each.word.equals(word)).findAny();
  }

  /** {@return all words} */
  public static List<String> allWords() {
    return Stream.of(values()).map(DebianFlavour::word).toList();
  }

  /** {@return all words, for a message} */
  public static String words() { return String.join(", ", allWords()); }

  /** {@return the word for it on a command line} */
  public String word() { return word; }

  String metaPackage() { return metaPackage; }
}
