package org.ballastvm.images;

/** Hears what takes long. */
@FunctionalInterface
public interface Progress {
  /** For those who do not care. */
  Progress SILENT = step -> {};

  /**
   * A step begins.
   *
   * @param step what is being done, as in {@code downloading linux-image-6.1.0-56-cloud-amd64}
   */
  void begins(String step);
}
