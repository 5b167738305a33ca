package org.ballastvm.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.ballastvm.record.Comparison;
import org.ballastvm.record.Likeness;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingText;
import org.ballastvm.rig.GuestHost;
import org.ballastvm.rig.HostedCommand;
import org.ballastvm.rig.RigError;

/**
 * What passes between a device and its driver: of a guest that runs, as a parameter with {@link Record} or by {@link #start}; or
 * from a file. While it is recorded, each look has what has passed so far.
 */
public final class Dialogue {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Supplier<Recording> recording;
  private final Runnable stop;

  private Dialogue(Supplier<Recording> recording, Runnable stop) {
    this.recording = recording;
    this.stop = stop;
  }

  /**
   * One that was recorded.
   *
   * @param recording what
   * @return the dialogue
   */
  public static Dialogue of(Recording recording) {
    return new Dialogue(() -> recording, () -> {
      // It has ended.
    });
  }

  /**
   * Reads one that {@link #write}, {@code -record} or {@code record_start} has written.
   *
   * @param file where it is
   * @return the dialogue
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException a sentence, if it is none
   */
  public static Dialogue read(Path file) throws IOException { return of(Recording.parse(Files.readString(file))); }

  /**
   * Records a device of a guest that runs, from now on.
   *
   * @param guest whose
   * @param device its id
   * @return the dialogue
   * @throws RigError if it cannot be recorded
   */
  public static Dialogue start(Guest guest, String device) {
    String file = "/tmp/ballast-" + UUID.randomUUID() + ".dialogue";
    String refusal = guest.monitor("record_start " + device + ",file=" + file);
    if (!refusal.isEmpty()) {
      throw new RigError("record_start " + device + ": " + refusal);
    }
    return ofGuest(() -> guest, device, file);
  }

  /** One that a guest records already, or will when it has been started. */
  static Dialogue ofGuest(Supplier<Guest> guest, String device, String file) {
    return new Dialogue(() -> fetch(guest.get(), file), () -> guest.get().monitor("record_stop " + device));
  }

  private static Recording fetch(Guest guest, String file) {
    if (guest.isRunning()) {
      guest.monitor("info record"); // What was recorded is in the file then.
    }
    return Recording.parse(guest.host().run(PATIENCE, HostedCommand.of("cat", file)));
  }

  static void forget(GuestHost host, String file) { host.run(PATIENCE, HostedCommand.of("rm", "-f", file)); }

  /** Ends the recording; what it holds can still be looked at. */
  public void stop() { stop.run(); }

  /** {@return what has passed so far} */
  public Recording recording() { return recording.get(); }

  /**
   * Writes it, for {@link #read}.
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException { Files.writeString(file, recording().text()); }

  /**
   * That this dialogue is another one.
   *
   * @param golden the other
   * @param likeness what must be the same
   * @throws AssertionError the first difference, with the lines around it
   */
  public void assertSame(Dialogue golden, Likeness likeness) {
    difference(golden, this, likeness).ifPresent(difference -> {
      throw new AssertionError(difference);
    });
  }

  /**
   * That two drivers say the same to a device, and hear the same: {@link Likeness#WHAT_IS_SAID}.
   *
   * @param first of one kernel
   * @param second of another
   * @throws AssertionError the first difference, with the lines around it
   */
  public static void assertSameDialogue(Dialogue first, Dialogue second) {
    second.assertSame(first, Likeness.WHAT_IS_SAID);
  }

  /**
   * Compares.
   *
   * @param first one
   * @param second another
   * @param likeness what must be the same
   * @return the first difference, with the lines around it
   */
  public static Optional<String> difference(Dialogue first, Dialogue second, Likeness likeness) {
    return Comparison.firstDifference(first.recording(), second.recording(), likeness);
  }

  /**
   * That no driver of a device that is replayed in a guest has done otherwise than the recorded one.
   *
   * @param guest with {@code -device virtio-replay-pci,file=FILE}
   * @throws AssertionError what it did
   */
  public static void assertNothingDiffers(Guest guest) {
    String answer = guest.monitor("info replay").replace("\r", "");
    if (answer.lines().anyMatch(line -> line.startsWith("  - "))) {
      throw new AssertionError("a driver does otherwise than the recorded one:\n" + answer);
    }
  }

  /** Each event in a line: when, who, what. */
  @Override
  public String toString() { return RecordingText.of(recording()); }
}
