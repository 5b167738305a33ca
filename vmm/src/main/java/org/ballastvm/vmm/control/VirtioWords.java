package org.ballastvm.vmm.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.wire.Member;

/** The bits of virtio in QEMU's words: what scripts look for. */
public final class VirtioWords {
  private static final int NET = 1;
  private static final int CONSOLE = 3;
  private static final int BALLOON = 5;
  private static final int MEM = 24;

  /** Virtio 1.3, 2.1; in QEMU's order. */
  private static final List<Word> STATUS = List.of(word(0, "CONFIG_S_ACKNOWLEDGE: Valid virtio device found"),
      word(7, "CONFIG_S_FAILED: Error in guest, device failed"),
      word(6, "CONFIG_S_NEEDS_RESET: Irrecoverable error, device needs reset"),
      word(1, "CONFIG_S_DRIVER: Guest OS compatible with device"),
      word(3, "CONFIG_S_FEATURES_OK: Feature negotiation complete"),
      word(2, "CONFIG_S_DRIVER_OK: Driver setup and ready"));

  /** Virtio 1.3, 6. */
  private static final List<Word> TRANSPORT = List.of(word(29, "RING_F_EVENT_IDX: Used & avail. event fields enabled"),
      word(28, "RING_F_INDIRECT_DESC: Indirect descriptors supported"),
      word(37, "F_SR_IOV: Device supports single root I/O virtualization"),
      word(36, "F_ORDER_PLATFORM: Memory accesses ordered by platform"),
      word(35, "F_IN_ORDER: Device uses buffers in same order as made available by driver"),
      word(34, "F_RING_PACKED: Device supports packed VQ layout"),
      word(33, "F_IOMMU_PLATFORM: Device can be used on IOMMU platform"),
      word(32, "F_VERSION_1: Device compliant for v1 spec (legacy)"),
      word(27, "F_ANY_LAYOUT: Device accepts arbitrary desc. layouts"),
      word(24, "F_NOTIFY_ON_EMPTY: Notify when device runs out of avail. descs. on VQ"));

  /** Virtio 1.3, 5.1.3. */
  private static final List<Word> OF_NET = List.of(
      word(23, "NET_F_CTRL_MAC_ADDR: MAC address set through control channel"),
      word(22, "NET_F_MQ: Multiqueue with automatic receive steering supported"),
      word(21, "NET_F_GUEST_ANNOUNCE: Driver sending gratuitous packets supported"),
      word(20, "NET_F_CTRL_RX_EXTRA: Extra RX mode control supported"),
      word(18, "NET_F_CTRL_RX: Control channel RX mode supported"),
      word(17, "NET_F_CTRL_VQ: Control channel available"),
      word(16, "NET_F_STATUS: Configuration status field available"),
      word(15, "NET_F_MRG_RXBUF: Driver can merge receive buffers"),
      word(13, "NET_F_HOST_ECN: Device can receive TSO with ECN"),
      word(12, "NET_F_HOST_TSO6: Device can receive TSOv6"),
      word(11, "NET_F_HOST_TSO4: Device can receive TSOv4"),
      word(9, "NET_F_GUEST_ECN: Driver can receive TSO with ECN"),
      word(8, "NET_F_GUEST_TSO6: Driver can receive TSOv6"),
      word(7, "NET_F_GUEST_TSO4: Driver can receive TSOv4"),
      word(5, "NET_F_MAC: Device has given MAC address"),
      word(3, "NET_F_MTU: Device max MTU reporting supported"),
      word(2, "NET_F_CTRL_GUEST_OFFLOADS: Control channel offloading reconfig. supported"),
      word(1, "NET_F_GUEST_CSUM: Driver handling packets with partial checksum supported"),
      word(0, "NET_F_CSUM: Device handling packets with partial checksum supported"));

  /** By the device's number: virtio 1.3, 5.1.3, 5.3.3, 5.5.3 and 5.15.3. */
  private static final Map<Integer, List<Word>> DEVICES = Map.of(NET, OF_NET, CONSOLE,
      List.of(word(2, "CONSOLE_F_EMERG_WRITE: Emergency write supported"),
          word(1, "CONSOLE_F_MULTIPORT: Multiple ports for device supported"),
          word(0, "CONSOLE_F_SIZE: Host providing console size")),
      BALLOON,
      List.of(word(5, "BALLOON_F_REPORTING: Page reporting VQ enabled"),
          word(4, "BALLOON_F_PAGE_POISON: Guest page poisoning enabled"),
          word(3, "BALLOON_F_FREE_PAGE_HINT: VQ reporting free pages enabled"),
          word(2, "BALLOON_F_DEFLATE_ON_OOM: Deflate balloon when guest OOM"),
          word(1, "BALLOON_F_STATS_VQ: Guest memory stats VQ available"),
          word(0, "BALLOON_F_MUST_TELL_HOST: Tell host before reclaiming pages")),
      MEM,
      List.of(word(1, "MEM_F_UNPLUGGED_INACCESSIBLE: Unplugged memory cannot be accessed"),
          word(0, "MEM_F_ACPI_PXM: node_id is an ACPI PXM and is valid")));

  private record Word(long bit, String text) {}

  /** The names of some bits. */
  private record Named(List<String> words, long rest) {
    Optional<Long> unknown() { return rest == 0 ? Optional.empty() : Optional.of(rest); }
  }

  /** Features. */
  public record Features(@Member("those of all devices") List<String> transports,
      @Member("those of this kind of device") List<String> devFeatures,
      @Member("bits that have no word, if any") Optional<Long> unknownDevFeatures) {}

  /** A status. */
  public record Status(@Member("what the driver, and the device, have said") List<String> statuses,
      @Member("bits that have no word, if any") Optional<Long> unknownStatuses) {}

  private VirtioWords() {}

  private static Word word(int bit, String text) { return new Word(1L << bit, "VIRTIO_" + text); }

  private static Named name(long bits, List<Word> words) {
    List<String> named = new ArrayList<>();
    long rest = bits;
    for (Word word : words) {
      if ((bits & word.bit) != 0) {
        named.add(word.text);
        rest &= ~word.bit;
      }
    }
    return new Named(named, rest);
  }

  static Status status(int bits) {
    Named named = name(bits, STATUS);
    return new Status(named.words, named.unknown());
  }

  static Features features(int deviceType, long bits) {
    Named transport = name(bits, TRANSPORT);
    Named device = name(transport.rest, DEVICES.getOrDefault(deviceType, List.of()));
    return new Features(transport.words, device.words, device.unknown());
  }
}
