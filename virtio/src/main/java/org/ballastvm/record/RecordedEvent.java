package org.ballastvm.record;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Something that has passed between a driver and its device. */
public sealed interface RecordedEvent {
  /** {@return it as a line of a recording has it, behind the time: a word, then what belongs to it as key=value} */
  String words();

  /** {@return the queue that it is about; empty for what concerns the whole device} */
  default OptionalInt ofQueue() {
    return OptionalInt.empty();
  }

  /** {@return lengths of buffers in a row, such as {@code 16+512x8}} */
  static String lengths(List<Long> bytes) {
    return Fields.lengths(bytes);
  }

  /** Who reset a device. */
  enum By {
    /** Its driver wrote 0 to the status. */
    DRIVER,
    /** The machine was reset, or the device left it. */
    MACHINE,
    /** The guest forbade it to reach memory, by its PCI command register. */
    BUS
  }

  /**
   * The driver wrote the status.
   *
   * @param written what
   * @param now what it is then; virtio 1.3, 2.1
   */
  record Status(int written, int now) implements RecordedEvent {
    @Override
    public String words() { return "status write=" + Fields.hex(written) + " now=" + Fields.hex(now); }
  }

  /**
   * The driver said which features it wants.
   *
   * @param offered by the device
   * @param chosen by the driver
   * @param agreed whether the device works with them
   */
  record Features(long offered, long chosen, boolean agreed) implements RecordedEvent {
    @Override
    public String words() {
      return "features offered=" + Fields.hex(offered) + " chosen=" + Fields.hex(chosen) + " agreed=" + agreed;
    }
  }

  /**
   * The driver enabled a queue, whose chains are counted from 0 again.
   *
   * @param queue which
   * @param name what it is for, such as {@code inflate}
   * @param sizeEntries of how many entries
   * @param vector by which message it interrupts; 0xffff for none
   */
  record QueueSetup(int queue, String name, int sizeEntries, int vector) implements RecordedEvent {
    @Override
    public String words() {
      return "queue queue=" + queue + " name=" + name + " size=" + sizeEntries + " vector=" + Fields.hex(vector);
    }
  }

  /**
   * The driver read the device's configuration.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value what it read
   */
  record ConfigRead(int offset, int width, long value) implements RecordedEvent {
    @Override
    public String words() { return "config-read offset=" + offset + " width=" + width + " value=" + Fields.hex(value); }
  }

  /**
   * The driver wrote the device's configuration.
   *
   * @param offset in bytes
   * @param width 1, 2, 4 or 8 bytes
   * @param value what it wrote
   * @param now what is there then
   */
  record ConfigWrite(int offset, int width, long value, long now) implements RecordedEvent {
    @Override
    public String words() {
      return "config-write offset=" + offset + " width=" + width + " value=" + Fields.hex(value) + " now="
          + Fields.hex(now);
    }
  }

  /**
   * The device's configuration is another, by the host or by what the device did.
   *
   * @param data all of it, in hexadecimal digits
   */
  record ConfigChange(String data) implements RecordedEvent {
    @Override
    public String words() { return "config data=" + data; }
  }

  /**
   * The device was asked to look at a queue. Several rings of a driver may be heard as one.
   *
   * @param queue which
   */
  record Ring(int queue) implements RecordedEvent {
    @Override
    public String words() { return "ring queue=" + queue; }

    @Override
    public OptionalInt ofQueue() { return OptionalInt.of(queue); }
  }

  /**
   * The device took a chain that the driver offers.
   *
   * @param queue of which queue
   * @param chain its number, from 0 since the queue was enabled
   * @param head the descriptor that it begins with
   * @param read the lengths of the buffers that the device reads, in bytes
   * @param write the lengths of the buffers that it may write
   * @param data the first bytes of what it reads, in hexadecimal digits
   */
  record Offer(int queue, long chain, int head, List<Long> read, List<Long> write, String data)
      implements
        RecordedEvent {
    /** Copies the lists. */
    public Offer {
      read = List.copyOf(read);
      write = List.copyOf(write);
    }

    @Override
    public String words() {
      return "offer queue=" + queue + " chain=" + chain + " head=" + head + " read=" + Fields.lengths(read) + " write="
          + Fields.lengths(write) + " data=" + data;
    }

    @Override
    public OptionalInt ofQueue() { return OptionalInt.of(queue); }
  }

  /**
   * The device gave a chain back.
   *
   * @param queue of which queue
   * @param chain its number; empty for one that was not seen being taken
   * @param head the descriptor that the driver finds in the used ring
   * @param length how many bytes the device says it has written
   * @param data the first of them, in hexadecimal digits
   */
  record Use(int queue, OptionalLong chain, int head, long length, String data) implements RecordedEvent {
    @Override
    public String words() {
      return "use queue=" + queue + " chain=" + (chain.isEmpty() ? "none" : chain.getAsLong()) + " head="
          + Integer.toUnsignedString(head) + " length=" + length + " data=" + data;
    }

    @Override
    public OptionalInt ofQueue() { return OptionalInt.of(queue); }
  }

  /**
   * The device interrupted the driver.
   *
   * @param queue for which queue; empty for its configuration
   */
  record Interrupt(OptionalInt queue) implements RecordedEvent {
    @Override
    public String words() {
      return queue.isEmpty() ? "interrupt of=config" : "interrupt of=queue queue=" + queue.getAsInt();
    }

    @Override
    public OptionalInt ofQueue() { return queue; }
  }

  /**
   * The device forgot its driver.
   *
   * @param by by whom
   */
  record Reset(By by) implements RecordedEvent {
    @Override
    public String words() { return "reset by=" + by.name().toLowerCase(Locale.ROOT); }
  }

  /**
   * The device stopped until its driver resets it.
   *
   * @param why a sentence
   */
  record NeedsReset(String why) implements RecordedEvent {
    @Override
    public String words() { return "needs-reset why=" + Fields.line(why); }
  }

  /**
   * The recording ends.
   *
   * @param why a sentence
   */
  record End(String why) implements RecordedEvent {
    @Override
    public String words() { return "end why=" + Fields.line(why); }
  }
}
