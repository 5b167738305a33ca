package org.ballastvm.vmm.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An option that starts a machine: QEMU's name and syntax.
 *
 * @param name with its dash
 * @param label what its value looks like; empty for one that takes none
 * @param text what it does, in a line
 */
record Option(String name, String label, String text) {
  static final List<Option> ALL = List.of(
      new Option("-m", "[size=]SIZE[,slots=N][,maxmem=SIZE]", "memory, in MiB without a suffix (default 128)"),
      new Option("-smp", "[cpus=]N[,sockets=N][,cores=N][,threads=N]", "processors (default 1)"),
      new Option("-numa", "node|cpu|dist[,prop=VALUE]...", "nodes of processors and memory"),
      new Option("-kernel", "FILE", "a bzImage, or a vmlinux with a PVH note"),
      new Option("-initrd", "FILE", "initial RAM disk"),
      new Option("-append", "TEXT", "kernel command line"),
      new Option("-object", "TYPE,id=ID[,prop=VALUE]...", "a memory backend; -object help lists them"),
      new Option("-device", "DRIVER[,prop=VALUE]...", "a device; -device help lists them"),
      new Option("-fault", "DEVICE,what=KIND[,KEY=VALUE]...",
          "something that goes wrong with a device; -fault help lists the kinds"),
      new Option("-record", "[device=]DEVICE,file=FILE[,bytes=N][,limit=SIZE]",
          "record what passes between a device and its driver"),
      new Option("-drive", "[file=]FILE[,if=virtio|none][,id=ID][,prop=VALUE]...",
          "a disk on a raw file or a block device, and its virtio-blk-pci with if=virtio (the default)"),
      new Option("-blockdev", "[driver=]DRIVER,node-name=NAME[,prop=VALUE]...",
          "what disks are made of: file, host_device, raw"),
      new Option("-fsdev", "local,id=ID,path=PATH,security_model=MODEL[,prop=VALUE]...",
          "a folder for -device virtio-9p-pci"),
      new Option("-virtfs", "local,path=PATH,mount_tag=TAG,security_model=MODEL[,prop=VALUE]...",
          "a folder that the guest mounts by TAG"),
      new Option("-chardev", "BACKEND,id=ID[,prop=VALUE]...", "stdio, socket, null, file or pty"),
      new Option("-serial", "DEV",
          "COM1: stdio, mon:stdio, unix:PATH, tcp:HOST:PORT, telnet:HOST:PORT, file:PATH, pty, null, none, chardev:ID"),
      new Option("-monitor", "DEV", "a human monitor on the same kinds of DEV"),
      new Option("-qmp", "DEV", "the machine protocol (QMP) on the same kinds of DEV"),
      new Option("-qmp-pretty", "DEV", "as -qmp, with indented answers"),
      new Option("-mon", "[chardev=]ID[,mode=readline|control][,pretty=on|off][,prompt=ballast|qemu]",
          "a monitor, or QMP, on a chardev"),
      new Option("-nographic", "", "console and monitor on this terminal; Ctrl-A h helps"),
      new Option("-display", "none", "no console on this terminal"),
      new Option("-nodefaults", "", "no serial port and no monitor but those that are asked for"),
      new Option("-no-reboot", "", "end when the guest reboots"),
      new Option("-no-shutdown", "", "stop, but stay, when the guest powers off"),
      new Option("-action", "[panic=ACTION][,reboot=ACTION][,shutdown=ACTION][,watchdog=ACTION]",
          "what the machine does for what its guest does, for example panic=exit-failure"),
      new Option("-name", "[guest=]NAME[,debug-threads=on|off]", "a name for people; threads always bear it"),
      new Option("-uuid", "UUID", "who the machine is, for its guest and for query-uuid"),
      new Option("-smbios", "type=0|1|2|3[,KEY=TEXT]...",
          "what the guest reads of its firmware, system, board, chassis"),
      new Option("-fw_cfg", "[name=]NAME,file=FILE|string=TEXT", "a file for the guest, by QEMU's fw_cfg device"),
      new Option("-S", "", "do not start before the monitor says cont"),
      new Option("-s", "", "as -gdb tcp::1234"),
      new Option("-gdb", "tcp:HOST:PORT|unix:PATH|DEV|none", "serve GDB there, or on another DEV of -serial"),
      new Option("-accel", "kvm", "the only one; others may stand beside it, and are passed over"),
      new Option("-cpu", "host|max[,-FEATURE]...", "the host's processor, less features; -cpu help lists them"),
      new Option("-machine", "[type=]ballast[,memory-backend=ID][,kaslr=on|off]", "the machine; also -M"),
      new Option("-enable-kvm", "", "as -accel kvm"),
      new Option("-netdev", "TYPE,id=ID[,prop=VALUE]...",
          "the other end of a network card's wire: user, tap, stream, socket"),
      new Option("-nic", "TYPE[,mac=MAC][,prop=VALUE]...|none", "a network card and its netdev, in one"),
      new Option("-net", "none", "taken: there is no network card that was not asked for"),
      new Option("-vga", "none", "there is no graphics card"),
      new Option("-parallel", "none", "there is no parallel port"),
      new Option("-rtc", "[base=]utc|localtime|DATE[,clock=host|rt][,driftfix=none|slew]",
          "what the guest's clock shows"),
      new Option("-boot", "[order=]TEXT[,strict=on|off]", "taken: the kernel of -kernel is what boots"),
      new Option("-bios", "qboot.rom", "passed over: the kernel of -kernel is started without firmware"),
      new Option("-echr", "1", "Ctrl-A is what begins a command to a shared terminal"),
      new Option("-overcommit", "mem-lock=off", "guest memory is not locked"),
      new Option("-msg", "timestamp=on|off", "whether lines of the log begin with the time"),
      new Option("-no-user-config", "", "there is none"),
      new Option(ReadConfig.OPTION, "FILE", "options from a file: [GROUP \"ID\"] and KEY = \"VALUE\""),
      new Option("-add-fd", "[fd=]N,set=ID[,opaque=TEXT]",
          "a descriptor that this process was started with, for files named /dev/fdset/ID"),
      new Option("-pidfile", "FILE", "write the process's number there"),
      new Option("-daemonize", "", "run in the background, from when the machine is up"),
      new Option("-D", "FILE", "where the log goes"),
      new Option("-d", "ITEM[,ITEM]...", "what the log holds besides: " + String.join(", ", Logging.ITEMS)),
      new Option("-trace", "[[enable=]PATTERN][,events=FILE][,file=FILE]",
          "print events as they happen; -trace help lists them"),
      new Option("-help", "", "this; also -h"),
      new Option("-version", "", "the version"));

  /** QEMU's shorter words for the same. */
  private static final Map<String, String> SHORT = Map.of("-M", "-machine", "-h", "-help");

  boolean takesValue() { return !label.isEmpty(); }

  /** The option a word names; QEMU takes {@code --kernel} for {@code -kernel}. */
  static Optional<Option> named(String word) {
    String dashed = word.startsWith("--") ? word.substring(1) : word;
    String name = SHORT.getOrDefault(dashed, dashed);
    return ALL.stream().filter(option -> option.name.equals(name)).findFirst();
  }
}
