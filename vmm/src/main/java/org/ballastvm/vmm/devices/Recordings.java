package org.ballastvm.vmm.devices;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ballastvm.record.Recorder;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Log;

/**
 * What passes between a machine's devices and their drivers, on its way to files. A device that nobody records has nothing of
 * this. Belongs to the event loop, or is used before it has started or after it has ended.
 */
public final class Recordings {
  private static final Set<OpenOption> WRITTEN_ANEW = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE,
      StandardOpenOption.TRUNCATE_EXISTING);
  /** A device waits for the file once for so many. */
  private static final int BUFFERED_CHARS = 1 << 16;

  private final DeviceBuses buses;
  private final IdentityHashMap<PluggedDevice, Recorded> all = new IdentityHashMap<>();

  Recordings(DeviceBuses buses) { this.buses = buses; }

  /**
   * A device that is recorded, or was.
   *
   * @param device which
   * @param file where to
   * @param recorder how far it is
   */
  public record Recorded(PluggedDevice device, Path file, Recorder recorder) {
    private boolean goesOn() { return recorder.progress().state() == Recorder.State.RECORDING; }
  }

  /**
   * Records a device from now on.
   *
   * @param wish which, and where to
   * @throws UserError if there is no such device, it is no virtio device, it is recorded already, or the file cannot be written
   */
  public void start(RecordConfig wish) {
    PluggedDevice device = buses.require(wish.device());
    VirtioPciFunction function = virtio(device).orElseThrow(() -> new UserError("device '" + wish.device() + "' is a "
        + device.config().driver() + "; what can be recorded is a virtio device on PCI"));
    Recorded before = all.get(device);
    if (before != null && before.goesOn()) {
      throw new UserError("device '" + wish.device() + "' is recorded to " + before.file() + "; stop that first");
    }
    Recorder recorder = new Recorder(open(wish.file()), wish.limits(), System::nanoTime,
        why -> Log.of(Recordings.class).error("{}: {}: {}", name(device), wish.file(), why));
    all.put(device, new Recorded(device, wish.file(), recorder));
    function.record(Optional.of(recorder));
  }

  private static Writer open(Path file) {
    try {
      // What a guest sends may be secret: a file that is new is its owner's alone.
      return new BufferedWriter(Channels.newWriter(Files.newByteChannel(file, WRITTEN_ANEW,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))), StandardCharsets.UTF_8),
          BUFFERED_CHARS);
    } catch (NoSuchFileException e) {
      throw new UserError("file=" + file + ": there is no such directory", e);
    } catch (FileSystemException e) {
      throw new UserError("file=" + file + ": cannot be written"
          + (e.getReason() == null ? "" : " (" + e.getReason() + ")"), e);
    } catch (IOException e) {
      throw new UserError("file=" + file + ": cannot be written (" + e.getMessage() + ")", e);
    }
  }

  private static Optional<VirtioPciFunction> virtio(PluggedDevice device) {
    return device instanceof PciDevice card && card.function() instanceof VirtioPciFunction function
        ? Optional.of(function)
        : Optional.empty();
  }

  private static String name(PluggedDevice device) { return device.id().orElse(device.path()); }

  /**
   * Ends the recording of a device, which is whole in its file then.
   *
   * @param name its id, or its path in the object tree
   * @throws UserError if there is no such device, or it was never recorded
   */
  public void stop(String name) {
    Recorded recorded = all.get(buses.require(name));
    if (recorded == null) {
      throw new UserError("device '" + name + "' is not recorded");
    }
    stop(recorded);
  }

  /** Ends all recordings. */
  public void stop() { List.copyOf(all.values()).forEach(Recordings::stop); }

  private static void stop(Recorded recorded) {
    if (recorded.goesOn()) {
      virtio(recorded.device()).ifPresent(function -> function.record(Optional.empty()));
    }
  }

  /** {@return the devices that are, or were, recorded, in the order of all devices; what was recorded is in the files} */
  public List<Recorded> all() {
    endThoseOf(buses.devices());
    List<Recorded> found = new ArrayList<>();
    for (PluggedDevice device : buses.devices()) {
      if (all.containsKey(device)) {
        all.get(device).recorder().flush();
        found.add(all.get(device));
      }
    }
    return found;
  }

  /** A device that has gone says nothing more. */
  private void endThoseOf(List<PluggedDevice> present) {
    for (Recorded recorded : List.copyOf(all.values())) {
      if (!present.contains(recorded.device())) {
        recorded.recorder().end("the device is gone");
        all.remove(recorded.device());
      }
    }
  }

  /** The machine ends, and what was recorded is whole. */
  void close() {
    all.values().forEach(recorded -> recorded.recorder().end("the machine has ended"));
  }
}
