package org.ballastvm.testkit.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the guest has for its root file system. */
public sealed interface RunRoot {
  /** {@return the options of the machine that bring it} */
  List<String> options();

  /** {@return what the agent, as init, reads on the kernel's command line} */
  String kernelWord();

  /** {@return modules without which there is no such root} */
  List<String> needed();

  /** {@return whether what the guest writes stays} */
  boolean writable();

  /** {@return whose directory is the current one of this process, or {@code /}} */
  String directoryIn(Path current);

  /** {@return a directory that has to be writable wherever the machine runs} */
  Optional<Path> place();

  /**
   * A directory of the host, by 9P; unless it is writable, below a layer in the guest's memory.
   *
   * @param directory absolute
   */
  record Folder(Path directory, boolean writable) implements RunRoot {
    static final List<String> MODULES = List.of("9pnet_virtio", "9p");
    static final String HOSTS = "/";

    @Override
    public List<String> options() { return share("root", directory, writable); }

    @Override
    public String kernelWord() { return "ballast.root=folder" + (writable ? ",rw" : ""); }

    @Override
    public List<String> needed() {
      return writable ? MODULES : List.of(MODULES.getFirst(), MODULES.getLast(), "overlay");
    }

    @Override
    public String directoryIn(Path current) {
      return current.startsWith(directory) ? "/" + directory.relativize(current) : "/";
    }

    boolean isHosts() { return directory.toString().equals(HOSTS); }

    @Override
    public Optional<Path> place() { return writable ? Optional.of(directory) : Optional.empty(); }

    /** {@return the options of a folder that the guest finds by a tag} */
    static List<String> share(String tag, Path directory, boolean writable) {
      return List.of("-fsdev", "local,id=" + tag + ",path=" + directory.toString().replace(",", ",,")
          + ",security_model=none,multidevs=remap" + (writable ? "" : ",readonly=on"), "-device",
          "virtio-9p-pci,fsdev=" + tag + ",mount_tag=" + tag);
    }
  }

  /**
   * A raw image with a file system on all of it; unless it is writable, what is written is forgotten.
   *
   * @param image absolute
   */
  record Disk(Path image, FileSystemType type, boolean writable) implements RunRoot {
    @Override
    public List<String> options() {
      return List.of("-drive", "file=" + image.toString().replace(",", ",,") + ",if=virtio,format=raw,snapshot="
          + (writable ? "off" : "on"));
    }

    @Override
    public String kernelWord() { return "ballast.root=disk," + type.word() + (type.isReadOnly() ? ",ro" : ""); }

    @Override
    public List<String> needed() {
      return type.isReadOnly() ? List.of("virtio_blk", type.word(), "overlay") : List.of("virtio_blk", type.word());
    }

    @Override
    public String directoryIn(Path current) { return "/"; }

    @Override
    public Optional<Path> place() { return writable ? Optional.of(image.getParent()) : Optional.empty(); }
  }

  /** The initramfs itself, with busybox. */
  record Memory() implements RunRoot {
    @Override
    public List<String> options() { return List.of(); }

    @Override
    public String kernelWord() { return "ballast.root=memory"; }

    @Override
    public List<String> needed() { return List.of(); }

    @Override
    public boolean writable() { return false; }

    @Override
    public String directoryIn(Path current) { return "/"; }

    @Override
    public Optional<Path> place() { return Optional.empty(); }
  }
}
