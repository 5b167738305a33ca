package org.ballastvm.record;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A recording as people read it: who says what, and when. */
public final class RecordingText {
  private static final int SHOWN_BYTES = 24;
  private static final String[] STATUS = {"ACKNOWLEDGE", "DRIVER", "DRIVER_OK", "FEATURES_OK", "", "",
      "DEVICE_NEEDS_RESET", "FAILED"};

  private final RecordingHeader header;
  private final Map<Integer, String> names = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  private RecordingText(RecordingHeader header) { this.header = header; }

  /** {@return the text of a recording, a line for each event, the last with an end of line} */
  public static String of(Recording recording) {
    RecordingText text = new RecordingText(recording.header());
    text.head();
    for (Recording.Entry entry : recording.entries()) {
      text.add(entry);
    }
    return text.text.toString();
  }

  private void head() {
    text.append(header.name()).append(" (type ").append(header.type()).append("), queues of ")
        .append(header.queueSizes().stream().map(String::valueOf).collect(Collectors.joining(", ")))
        .append(" entries; it offers ").append(Fields.hex(header.offered()))
        .append(header.status() == 0
            ? ""
            : "; a driver was at work, " + status(header.status()) + " with " + Fields.hex(header.features()))
        .append(
            header.config().isEmpty() ? "" : "; configuration " + bytes(header.config(), header.config().length() / 2))
        .append('\n');
  }

  private void add(Recording.Entry entry) {
    String said = switch (entry.event()) {
      case RecordedEvent.Status status -> "driver  status " + status(status.written())
          + (status.now() == status.written() ? "" : "; it is " + status(status.now()));
      case RecordedEvent.Features features -> "driver  features " + Fields.hex(features.chosen()) + " of "
          + Fields.hex(features.offered()) + (features.agreed() ? ", agreed on" : ", refused");
      case RecordedEvent.QueueSetup queue -> {
        names.put(queue.queue(), queue.name());
        yield "driver  enables " + name(queue.queue()) + " (queue " + queue.queue() + "), " + queue.sizeEntries()
            + " entries, " + (queue.vector() == 0xffff ? "no vector" : "vector " + queue.vector());
      }
      case RecordedEvent.ConfigRead read ->
        "driver  reads configuration " + place(read.offset(), read.width()) + ": " + Fields.hex(read.value());
      case RecordedEvent.ConfigWrite write ->
        "driver  writes configuration " + place(write.offset(), write.width()) + ": " + Fields.hex(write.value())
            + (write.now() == write.value() ? "" : "; it is " + Fields.hex(write.now()));
      case RecordedEvent.ConfigChange change ->
        "device  configuration is " + bytes(change.data(), change.data().length() / 2);
      case RecordedEvent.Ring ring -> "driver  rings " + name(ring.queue());
      case RecordedEvent.Offer offer -> "driver  " + name(offer.queue()) + " #" + offer.chain() + ": "
          + direction("to read", offer.read()) + direction("to write", offer.write())
          + bytes(offer.data(), sum(offer.read()));
      case RecordedEvent.Use use -> "device  " + name(use.queue())
          + (use.chain().isEmpty()
              ? " descriptor " + Integer.toUnsignedString(use.head())
              : " #" + use.chain().getAsLong())
          + " is used: " + use.length() + " bytes written " + bytes(use.data(), use.length());
      case RecordedEvent.Interrupt interrupt -> "device  interrupts for "
          + (interrupt.queue().isEmpty() ? "the configuration" : name(interrupt.queue().getAsInt()));
      case RecordedEvent.Reset reset -> switch (reset.by()) {
        case DRIVER -> "driver  resets the device";
        case MACHINE -> "machine resets the device";
        case BUS -> "driver  forbids the device to reach memory, and it forgets its driver";
      };
      case RecordedEvent.NeedsReset stop -> "device  needs a reset: " + stop.why();
      case RecordedEvent.End end -> "        the recording ends: " + end.why();
    };
    text.append(String.format(Locale.ROOT, "%14.6f ms  ", entry.nanos() / 1e6)).append(said.stripTrailing())
        .append('\n');
  }

  private String name(int queue) {
    return names.computeIfAbsent(queue,
        each -> QueueNames.of(header.type(), header.features(), header.queueSizes().size(), each));
  }

  private static String place(int offset, int width) {
    return width == 1 ? "byte " + offset : "bytes " + offset + " to " + (offset + width - 1);
  }

  private static String direction(String how, List<Long> lengths) {
    return lengths.isEmpty() ? "" : Fields.lengths(lengths) + " bytes " + how + " ";
  }

  private static long sum(List<Long> lengths) { return lengths.stream().mapToLong(Long::longValue).sum(); }

  /** The first of some bytes; dots where there are more. */
  private static String bytes(String digits, long count) {
    StringBuilder shown = new StringBuilder();
    int most = Math.min(digits.length() / 2, SHOWN_BYTES);
    for (int i = 0; i < most; i++) {
      shown.append(i == 0 ? "[" : " ").append(digits, 2 * i, 2 * i + 2);
    }
    return shown.isEmpty() ? "" : shown.append(most < count ? " ...]" : "]").toString();
  }

  private static String status(int status) {
    StringBuilder words = new StringBuilder();
    for (int bit = 0; bit < STATUS.length; bit++) {
      if ((status >>> bit & 1) != 0) {
        words.append(words.isEmpty() ? "" : "+").append(STATUS[bit].isEmpty() ? "bit" + bit : STATUS[bit]);
      }
    }
    return words.isEmpty() ? "0" : words.toString();
  }
}
