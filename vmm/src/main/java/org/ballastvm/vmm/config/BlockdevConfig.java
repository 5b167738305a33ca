package org.ballastvm.vmm.config;

import java.util.Optional;

/**
 * {@code -blockdev} and {@code blockdev-add}: a node of what disks are made of.
 *
 * @param nodeName its name; one is made up for a node inside another that has none
 * @param driver {@code raw}, {@code file} or {@code host_device}
 * @param readOnly whether it is only read
 * @param image the host's file, of one that is no {@code raw}
 * @param child the node below a {@code raw}, where it comes with it
 * @param reference the name of the node below a {@code raw}, where that is there already
 */
public record BlockdevConfig(Optional<String> nodeName, String driver, boolean readOnly, Optional<ImageConfig> image,
    Optional<BlockdevConfig> child, Optional<String> reference) {
  /** The driver of a node that gives what is below it as it is. */
  public static final String RAW = "raw";
}
