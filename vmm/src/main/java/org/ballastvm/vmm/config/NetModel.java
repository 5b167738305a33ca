package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.virtio.net.MacAddress;
import org.ballastvm.virtio.net.NetConfig;

/** {@code virtio-net-pci}. */
final class NetModel {
  /** The name of the kind. */
  static final String KIND = "virtio-net";

  private static final ModelProperty<String> NETDEV = ModelProperty.text("netdev", "str",
      "ID of a netdev to use as a backend");
  private static final ModelProperty<MacAddress> MAC = ModelProperty.of("mac", "str",
      "Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56", NetModel::mac);
  private static final ModelProperty<Boolean> MQ = ModelProperty.flag("mq", false);
  private static final ModelProperty<Integer> VECTORS = ModelProperty.number("vectors", "uint32",
      "Taken if there are enough; the card has one for each queue, and one more", 0, 65536);
  private static final ModelProperty<Integer> MTU = ModelProperty.number("host_mtu", "uint16",
      "How long a packet may be, as the guest is told", NetConfig.LEAST_MTU, NetConfig.MOST_MTU);
  private static final ModelProperty<Integer> RX_QUEUE = queue("rx_queue_size");
  private static final ModelProperty<Integer> TX_QUEUE = queue("tx_queue_size");

  static final Model<DeviceConfig> MODEL = PciModel.of(KIND, NetModel::parse,
      List.of(NETDEV, MAC, MQ, VECTORS, MTU, RX_QUEUE, TX_QUEUE));

  private NetModel() {}

  private static DeviceConfig parse(Optional<String> id, OptionalInt slot, KeyValues values) {
    String netdev = NETDEV.take(values).orElseThrow(() -> values.error("parameter 'netdev' is missing"));
    Optional<MacAddress> mac = MAC.take(values);
    boolean mq = MQ.take(values).orElse(false);
    Optional<Integer> vectors = VECTORS.take(values);
    OptionalInt mtu = MTU.take(values).map(OptionalInt::of).orElse(OptionalInt.empty());
    return new DeviceConfig.Net(id, slot, netdev, mac, mq, vectors.map(OptionalInt::of).orElse(OptionalInt.empty()),
        mtu,
        RX_QUEUE.take(values).orElse(NetConfig.LEAST_QUEUE), TX_QUEUE.take(values).orElse(NetConfig.LEAST_QUEUE));
  }

  private static Optional<MacAddress> mac(KeyValues values, String key) {
    return values.take(key).map(text -> {
      MacAddress mac = MacAddress.parse(text).stream().mapToObj(MacAddress::new).findFirst().orElseThrow(
          () -> values.error(key + "=" + text + ": must be six bytes in hexadecimal, such as 52:54:00:12:34:56"));
      if (mac.isGroup()) {
        throw values.error(key + "=" + text + ": must be of one station, so its first byte must be even");
      }
      return mac;
    });
  }

  private static ModelProperty<Integer> queue(String name) {
    return ModelProperty.<Integer>of(name, "uint16", "Entries of a queue", (values, key) -> {
      Optional<Integer> size = values.takeInt(key, NetConfig.LEAST_QUEUE, NetConfig.MOST_QUEUE);
      size.filter(given -> Integer.bitCount(given) != 1).ifPresent(given -> {
        throw values.error(key + "=" + given + ": must be a power of two from " + NetConfig.LEAST_QUEUE + " to "
            + NetConfig.MOST_QUEUE);
      });
      return size;
    }).orElse((long) NetConfig.LEAST_QUEUE);
  }
}
