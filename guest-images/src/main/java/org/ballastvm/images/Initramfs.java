package org.ballastvm.images;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/**
 * An initramfs in the making: a tree of files with no owner and no dates, so that the same content always gives the same
 * bytes. The format is the "newc" cpio of the kernel's buffer-format document, not compressed: a guest unpacks it
 * sooner, and the host keeps it in its page cache.
 */
public final class Initramfs {
  private static final class Node {
    private final long mode;
    private final byte[] content;

    Node(long mode, byte[] content) {
      this.mode = mode;
      this.content = content;
    }
  }

  private static final int EXECUTABLE = 0755;
  private static final int READABLE = 0644;

  private final Map<String, Node> nodes = new TreeMap<>();

  /** Begins with {@code /dev/console}, which the kernel opens for init, and the mount points that every init wants. */
  public Initramfs() {
    List.of("bin", "dev", "proc", "sys", "tmp").forEach(this::directory);
    nodes.put("dev/console", new Node(CpioConstants.C_ISCHR | 0600, new byte[0]));
  }

  /** Adds a directory, and those above it. */
  public Initramfs directory(String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      nodes.putIfAbsent(path.substring(0, slash), new Node(CpioConstants.C_ISDIR | EXECUTABLE, new byte[0]));
    }
    nodes.putIfAbsent(path, new Node(CpioConstants.C_ISDIR | EXECUTABLE, new byte[0]));
    return this;
  }

  /** Adds a program, or a script with its {@code #!} line. */
  public Initramfs executable(String path, byte[] content) {
    return file(path, content, EXECUTABLE);
  }

  /** Adds a script. */
  public Initramfs script(String path, String text) {
    return executable(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file that is read. */
  public Initramfs data(String path, byte[] content) {
    return file(path, content, READABLE);
  }

  /**
   * Adds modules as {@code modules/NNN-NAME.ko}, not compressed, so that their names sort as they are to be loaded.
   *
   * @param inLoadOrder files of a {@link ModuleTree}
   * @throws ImageError if one cannot be read
   */
  public Initramfs modules(List<Path> inLoadOrder) {
    directory("modules");
    int number = 100;
    for (Path file : inLoadOrder) {
      String name = file.getFileName().toString().replaceFirst("\\.ko.*$", ".ko");
      try {
        data("modules/" + number++ + "-" + name, Compression.readAll(file));
      } catch (IOException e) {
        throw new ImageError(file + " cannot be read: " + e.getMessage(), e);
      }
    }
    return this;
  }

  private Initramfs file(String path, byte[] content, int permissions) {
    if (path.indexOf('/') > 0) {
      directory(path.substring(0, path.lastIndexOf('/')));
    }
    nodes.put(path, new Node(CpioConstants.C_ISREG | permissions, content.clone()));
    return this;
  }

  /** Writes the archive. */
  public void writeTo(OutputStream out) throws IOException {
    CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW);
    int inode = 1;
    for (Map.Entry<String, Node> named : nodes.entrySet()) {
      Node node = named.getValue();
      CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, named.getKey());
      entry.setMode(node.mode);
      entry.setInode(inode++);
      entry.setTime(0);
      entry.setSize(node.content.length);
      if ((node.mode & CpioConstants.S_IFMT) == CpioConstants.C_ISCHR) {
        entry.setRemoteDeviceMaj(5);
        entry.setRemoteDeviceMin(1);
      }
      cpio.putArchiveEntry(entry);
      cpio.write(node.content);
      cpio.closeArchiveEntry();
    }
    cpio.finish();
    out.flush();
  }

  /** Writes the archive to a new file. */
  public void writeTo(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      writeTo(out);
    }
  }
}
