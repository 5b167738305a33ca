package org.ballastvm.acpi;

import java.util.List;

/** Turns resource descriptors into the bytes of a resource template (ACPI 6.5, 6.4). A function of its input. */
final class ResourceCode {
  private static final int FIXED_RANGE = 0b1100;

  private ResourceCode() {}

  /** The descriptors and the end tag. */
  static byte[] of(List<Resource> resources) {
    ByteSink out = new ByteSink();
    resources.forEach(each -> write(each, out));
    // A checksum of zero stands for "not computed" (6.4.2.9).
    return out.u8(0x79).u8(0).toArray();
  }

  /** Not a switch over types: see {@link AmlCode}. */
  private static void write(Resource resource, ByteSink out) {
    if (resource instanceof Resource.Io(int minBase, int maxBase, int alignment, int portCount)) {
      out.u8(0x47).u8(1).u16(minBase).u16(maxBase).u8(alignment).u8(portCount);
    } else if (resource instanceof Resource.Irq irq) {
      out.u8(0x23).u16(1 << irq.line())
          .u8(bit(irq.trigger() == Resource.Trigger.EDGE, 0) | bit(irq.polarity() == Resource.Polarity.ACTIVE_LOW, 3)
              | bit(irq.sharing() == Resource.Sharing.SHARED, 4));
    } else if (resource instanceof Resource.Interrupt interrupt) {
      interrupt(interrupt, out);
    } else if (resource instanceof Resource.Memory32Fixed(boolean writable, long base, long lengthBytes)) {
      out.u8(0x86).u16(9).u8(bit(writable, 0)).u32(base).u32(lengthBytes);
    } else if (resource instanceof Resource.AddressRange range) {
      range(range, out);
    } else {
      throw new IllegalStateException("no code for " + resource);
    }
  }

  private static void interrupt(Resource.Interrupt interrupt, ByteSink out) {
    out.u8(0x89).u16(2 + 4 * interrupt.gsis().size());
    out.u8(bit(interrupt.role() == Resource.Role.CONSUMER, 0) | bit(interrupt.trigger() == Resource.Trigger.EDGE, 1)
        | bit(interrupt.polarity() == Resource.Polarity.ACTIVE_LOW, 2)
        | bit(interrupt.sharing() == Resource.Sharing.SHARED, 3));
    out.u8(interrupt.gsis().size());
    interrupt.gsis().forEach(out::u32);
  }

  private static void range(Resource.AddressRange range, ByteSink out) {
    int width = range.width().bytes;
    out.u8(range.width().tag).u16(3 + 5 * width);
    out.u8(range.space().type).u8(FIXED_RANGE | bit(range.role() == Resource.Role.CONSUMER, 0))
        .u8(range.space().typeFlags);
    long granularity = 0;
    long translation = 0;
    long[] numbers = {granularity, range.first(), range.last(), translation, range.last() - range.first() + 1};
    for (long number : numbers) {
      for (int i = 0; i < width; i++) {
        out.u8((int) (number >>> (8 * i)));
      }
    }
  }

  private static int bit(boolean set, int position) { return set ? 1 << position : 0; }
}
