package org.ballastvm.images;

/** Debian's kernels for x86-64, by the package that always depends on the newest. */
public enum DebianFlavour {
  /** The small one, with what a virtual machine has. */
  CLOUD("cloud", "linux-image-cloud-amd64"),
  /** The one that Debian installs, with modules for everything. */
  STOCK("stock", "linux-image-amd64");

  private final String word;
  private final String metaPackage;

  DebianFlavour(String word, String metaPackage) {
    this.word = word;
    this.metaPackage = metaPackage;
  }

  /** {@return the word for it on a command line} */
  public String word() { return word; }

  String metaPackage() { return metaPackage; }
}
