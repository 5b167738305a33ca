package org.ballastvm.vmm.dump;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.event.DumpResult;
import org.ballastvm.vmm.event.DumpStatus;
import org.ballastvm.vmm.loop.Turns;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.PhysicalRange;

/** Dumps of a machine's guest, one at a time. Its vCPUs stand still meanwhile. Belongs to the event loop. */
public final class GuestDump implements AutoCloseable {
  /** What is asked of the machine. */
  public interface Subject {
    /** {@return its vCPUs} */
    List<Vcpu> vcpus();

    /** {@return the note that its kernel has left for tools, whole; empty if it left none} */
    byte[] coreInfoNote();

    /** {@return whether it ran} Stops it. */
    boolean stop();

    /** Lets it run on. */
    void goOn();

    /**
     * A dump is over that nobody waited for.
     *
     * @param result how far it came
     * @param error why it failed, if it did
     */
    void over(DumpResult result, Optional<String> error);
  }

  private final GuestRam ram;
  private final Turns turns;
  private final Subject subject;
  private DumpResult last = DumpResult.NONE;
  private DumpWish wish;
  private CoreFile file;
  private byte[] notes = {};
  private byte[] deviceNote = {};
  private boolean ran;

  /**
   * Nothing is dumped yet.
   *
   * @param ram what is dumped
   * @param turns by which one is written that nobody waits for
   * @param subject the machine
   */
  public GuestDump(GuestRam ram, Turns turns, Subject subject) {
    this.ram = ram;
    this.turns = turns;
    this.subject = subject;
  }

  /** {@return how far the last one is} */
  public DumpResult progress() {
    return file == null
        ? last
        : new DumpResult(DumpStatus.ACTIVE, file.completedBytes(), file.totalBytes());
  }

  /**
   * Dumps. Returns when that is done, or, for one that nobody waits for, when it has begun.
   *
   * @param wanted what and where to
   * @throws UserError if it cannot be done; there is no file then
   */
  public void begin(DumpWish wanted) {
    if (file != null) {
      throw new UserError("There is a dump in process, please wait.");
    }
    requireOrdinary(wanted);
    List<PhysicalRange> loads = loads(wanted);
    wish = wanted;
    ran = subject.stop();
    try {
      notes = CoreNotes.of(subject.vcpus());
      deviceNote = subject.coreInfoNote();
      file = new CoreFile(wanted, ram, loads, notes.length + deviceNote.length);
    } catch (IOException e) {
      last = new DumpResult(DumpStatus.FAILED, 0, 0);
      letGo();
      throw failed(e);
    } catch (RuntimeException e) {
      letGo();
      throw e;
    }
    if (wanted.detach()) {
      turns.after(0, this::turn);
      return;
    }
    try {
      while (!file.step()) {
        // Until all of it is written.
      }
      finish();
      end(DumpStatus.COMPLETED);
    } catch (IOException e) {
      end(DumpStatus.FAILED);
      throw failed(e);
    } catch (RuntimeException e) {
      end(DumpStatus.FAILED);
      throw e;
    }
  }

  private void turn() {
    if (file == null) {
      return; // The machine has ended.
    }
    Optional<String> error = Optional.empty();
    try {
      if (!file.step()) {
        turns.after(0, this::turn);
        return;
      }
      finish();
      end(DumpStatus.COMPLETED);
    } catch (IOException e) {
      error = Optional.of(failed(e).getMessage());
      end(DumpStatus.FAILED);
    }
    subject.over(last, error);
  }

  /** What the kernel says of itself comes from the device that it uses for that, or from where it was found. */
  private void finish() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(notes);
    all.writeBytes(
        deviceNote.length > 0 ? deviceNote : file.coreInfo().map(CoreNotes::coreInfo).orElse(deviceNote));
    file.finish(all.toByteArray());
  }

  private void end(DumpStatus status) {
    last = new DumpResult(status, file.completedBytes(), file.totalBytes());
    try {
      file.close();
    } catch (IOException e) {
      last = new DumpResult(DumpStatus.FAILED, last.completed(), last.total());
    }
    file = null;
    if (last.status() == DumpStatus.FAILED) {
      deleteFile();
    }
    letGo();
  }

  private void letGo() {
    if (ran) {
      subject.goOn();
    }
  }

  private void deleteFile() {
    try {
      Files.deleteIfExists(wish.file());
    } catch (IOException e) {
      // What stopped it from being written may stop this, too.
    }
  }

  /** A pipe or a terminal would keep the event loop for as long as nobody reads, and takes no holes. */
  private static void requireOrdinary(DumpWish wanted) {
    try {
      if (!Files.readAttributes(wanted.file(), BasicFileAttributes.class).isRegularFile()) {
        throw new UserError("Could not open '" + wanted.file() + "': Not a regular file");
      }
    } catch (IOException e) {
      // There is none, or whoever opens it says why.
    }
  }

  private UserError failed(IOException e) {
    String name = wish.file().toString();
    if (e instanceof NoSuchFileException) {
      return new UserError("Could not open '" + name + "': No such file or directory", e);
    }
    if (e instanceof AccessDeniedException) {
      return new UserError("Could not open '" + name + "': Permission denied", e);
    }
    return new UserError("dump: failed to save memory to '" + name + "': " + e.getMessage(), e);
  }

  private List<PhysicalRange> loads(DumpWish wanted) {
    List<PhysicalRange> all = ram.ranges();
    if (wanted.part().isEmpty()) {
      return all;
    }
    DumpWish.Part part = wanted.part().get();
    List<PhysicalRange> cut = new ArrayList<>();
    for (PhysicalRange range : all) {
      long from = Math.max(range.base(), part.base());
      long to = Math.min(range.end(), part.base() + part.sizeBytes());
      if (from < to) {
        cut.add(new PhysicalRange(from, to - from));
      }
    }
    if (cut.isEmpty()) {
      throw new UserError("Parameter 'begin' has no memory of the guest in the " + part.sizeBytes() + " bytes from 0x"
          + Long.toHexString(part.base()));
    }
    return cut;
  }

  /** The machine ends; a dump that is not whole is no dump. */
  @Override
  public void close() {
    turns.close();
    if (file != null) {
      ran = false;
      end(DumpStatus.FAILED);
    }
  }
}
