package org.ballastvm.acpi;

import java.util.List;

/** A resource descriptor (ACPI 6.5, 6.4). */
public sealed interface Resource {
  /** What an interrupt line signals by. */
  enum Trigger {
    LEVEL, EDGE
  }

  /** Which state of an interrupt line means "asserted". */
  enum Polarity {
    ACTIVE_HIGH, ACTIVE_LOW
  }

  /** Whether an interrupt line has one user. */
  enum Sharing {
    EXCLUSIVE, SHARED
  }

  /** Whether a device uses a resource or hands it on to the devices behind it. */
  enum Role {
    PRODUCER, CONSUMER
  }

  /** I/O ports, decoded by 16 bits; the first may stand from {@code minBase} to {@code maxBase}. */
  record Io(int minBase, int maxBase, int alignment, int portCount) implements Resource {}

  /** One ISA interrupt, 0 to 15. */
  record Irq(Trigger trigger, Polarity polarity, Sharing sharing, int line) implements Resource {
    public Irq {
      if (line < 0 || line > 15) {
        throw new IllegalArgumentException("an IRQ descriptor names a line from 0 to 15, not " + line);
      }
    }
  }

  /** Interrupts by their global number. */
  record Interrupt(Role role, Trigger trigger, Polarity polarity, Sharing sharing, List<Integer> gsis)
      implements
        Resource {
    public Interrupt {
      gsis = List.copyOf(gsis);
    }
  }

  /** Memory below 4 GiB that does not move. */
  record Memory32Fixed(boolean writable, long base, long lengthBytes) implements Resource {}

  /** What an address range counts. */
  enum Space {
    /** Writable, not cacheable memory. */
    MEMORY(0, 0x01),
    /** I/O ports, ISA ones included. */
    IO(1, 0x03),
    /** Bus numbers. */
    BUS_NUMBER(2, 0);

    final int type;
    final int typeFlags;

    Space(int type, int typeFlags) {
      this.type = type;
      this.typeFlags = typeFlags;
    }
  }

  /** How wide the numbers of an address range are. */
  enum Width {
    WORD(0x88, 2), DWORD(0x87, 4), QWORD(0x8a, 8);

    final int tag;
    final int bytes;

    Width(int tag, int bytes) {
      this.tag = tag;
      this.bytes = bytes;
    }
  }

  /** A fixed range of addresses, both ends included, without translation; not all of 64 bits, whose length has no encoding. */
  record AddressRange(Space space, Width width, Role role, long first, long last) implements Resource {
    public AddressRange {
      long highest = width == Width.QWORD ? -1L : (1L << (8 * width.bytes)) - 1;
      if (Long.compareUnsigned(first, last) > 0 || Long.compareUnsigned(last, highest) > 0
          || last - first == -1) {
        throw new IllegalArgumentException(
            "0x%x to 0x%x is not a range of %s addresses".formatted(first, last, width));
      }
    }
  }

  /** Ports that a device uses. */
  static Resource ports(int base, int count) { return new Io(base, base, 1, count); }

  /** The bus numbers behind a PCI root, both ends included. */
  static Resource buses(int first, int last) {
    return new AddressRange(Space.BUS_NUMBER, Width.WORD, Role.PRODUCER, first, last);
  }

  /** Ports that a bridge hands on, both ends included. */
  static Resource portWindow(int first, int last) {
    return new AddressRange(Space.IO, Width.DWORD, Role.PRODUCER, first, last);
  }

  /** Memory below 4 GiB that a bridge hands on. */
  static Resource memoryWindow32(long base, long lengthBytes) {
    return new AddressRange(Space.MEMORY, Width.DWORD, Role.PRODUCER, base, base + lengthBytes - 1);
  }

  /** Memory anywhere that a bridge hands on. */
  static Resource memoryWindow64(long base, long lengthBytes) {
    return new AddressRange(Space.MEMORY, Width.QWORD, Role.PRODUCER, base, base + lengthBytes - 1);
  }

  /** Memory anywhere that a device is. */
  static Resource memory64(long base, long lengthBytes) {
    return new AddressRange(Space.MEMORY, Width.QWORD, Role.CONSUMER, base, base + lengthBytes - 1);
  }
}
