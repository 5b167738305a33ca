package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.ballastvm.kvm.HostError;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.MonitorConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.qmp.QmpMonitor;
import org.ballastvm.vmm.state.Log;

/** Lets {@code ballast ps} and {@code ballast monitor} find a machine. */
public final class Announcement {
  private static final AtomicInteger ANNOUNCED = new AtomicInteger();

  private Announcement() {}

  /**
   * Writes a machine's entry and opens its control socket; both go when it closes. A machine that cannot be announced
   * runs all the same, and the log says why.
   *
   * @param machine one that is whole, and whose event loop has not started
   */
  public static void of(Machine machine) {
    RuntimeDirectory directory = RuntimeDirectory.ofUser(System.getenv());
    try {
      directory.make();
      announce(machine, directory);
    } catch (IOException | HostError e) {
      Log.of(Announcement.class).warn("{}: this machine is not in 'ballast ps': {}", directory.path(), e.toString());
    }
  }

  private static void announce(Machine machine, RuntimeDirectory directory) throws IOException {
    long pid = ProcessHandle.current().pid();
    String key = keyOf(pid);
    Path control = directory.socket(key);
    // Made when somebody comes: it brings a library along.
    machine.listen(control, chardev -> new QmpMonitor(machine, chardev, false));
    MachineEntry entry = new MachineEntry(machine.config().name(), pid, MachineEntry.startTicks(pid).orElseThrow(),
        machine.config().memory().sizeBytes(), monitors(machine), control);
    Path file = directory.entry(key);
    machine.beforeClose(() -> file.toFile().delete());
    Path unfinished = directory.path().resolve(key + ".new");
    try {
      Files.writeString(unfinished, entry.toJson());
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** A process's first machine has its pid, each further one a number behind it. */
  private static String keyOf(long pid) {
    int number = ANNOUNCED.incrementAndGet();
    return number == 1 ? Long.toString(pid) : pid + "-" + number;
  }

  private static List<MachineEntry.Socket> monitors(Machine machine) {
    List<MachineEntry.Socket> sockets = new ArrayList<>();
    for (MonitorConfig monitor : machine.config().monitors()) {
      String mode = monitor instanceof MonitorConfig.Control ? "control" : "readline";
      for (ChardevConfig chardev : machine.config().chardevs()) {
        if (chardev.id().equals(monitor.chardev())) {
          address(machine, chardev).ifPresent(address -> sockets.add(new MachineEntry.Socket(mode, address)));
        }
      }
    }
    return sockets;
  }

  /** Where others can reach a chardev, if it is the socket of a server. */
  private static Optional<String> address(Machine machine, ChardevConfig chardev) {
    if (chardev instanceof ChardevConfig.Unix unix && unix.server()) {
      return Optional.of("unix:" + unix.path().toAbsolutePath());
    }
    if (chardev instanceof ChardevConfig.Tcp tcp && tcp.server()) {
      String where = machine.chardevs().get(tcp.id()).describe();
      return Optional.of(where.substring(where.indexOf("tcp:"), where.indexOf(',')));
    }
    return Optional.empty();
  }
}
