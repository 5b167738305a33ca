package org.ballastvm.images;

import java.util.List;

/** The initramfs of a guest whose root is a disk: a few modules, and a script that mounts it and steps aside. */
final class DiskInitramfs {
  /**
   * What reaches the root; udev loads the rest once that is there. ext4 asks for a crc32c, which nobody could load for it
   * here.
   */
  private static final List<String> MODULES = List.of("virtio_pci", "virtio_blk", "crc32c_generic", "crc32c_intel",
      "ext4");

  private DiskInitramfs() {}

  static Initramfs of(Kernel kernel, byte[] busybox) {
    Initramfs tree = new Initramfs().executable("bin/busybox", busybox).script("init", Script.text("disk-init"))
        .directory("run").directory("root");
    kernel.modules().map(ModuleTree::of)
        .ifPresent(modules -> tree.modules(modules.inLoadOrder(MODULES.stream().filter(modules::knows).toList())));
    return tree;
  }
}
