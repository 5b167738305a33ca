package org.ballastvm.images;

import java.nio.file.Path;

/**
 * What a guest boots from: both files lie in one directory, as {@code vmlinuz} and {@code initrd}.
 *
 * @param release the kernel's own name, as {@code uname -r} says it
 * @param kernel  a bzImage or an ELF vmlinux
 * @param initrd  an initramfs whose init takes commands over the console
 */
public record GuestImage(String release, Path kernel, Path initrd) {
  /** {@return the directory that holds both} */
  public Path directory() { return kernel.toAbsolutePath().getParent(); }
}
