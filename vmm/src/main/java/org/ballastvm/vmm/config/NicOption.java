package org.ballastvm.vmm.config;

import java.util.List;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code -nic}: a netdev, and a card on it.
 *
 * @param netdev the netdev
 * @param card the card
 */
public record NicOption(NetdevConfig netdev, DeviceConfig card) {
  private static final List<String> MODELS = List.of("virtio", "virtio-net", "virtio-net-pci");

  /**
   * Parses.
   *
   * @param text what stands behind it: a type of netdev and what that takes, and {@code model=}, {@code mac=} and
   *        {@code addr=} of the card
   * @param number which {@code -nic} it is, from 0: an id is made of it where none is given, which no user can give
   * @return both
   * @throws UserError for what there is not
   */
  public static NicOption parse(String text, int number) {
    KeyValues values = KeyValues.parseWithRepeated("-nic", text, "type", NetdevOptions.REPEATED);
    String type = values.require("type");
    values.take("model").filter(model -> !MODELS.contains(model)).ifPresent(model -> {
      throw values.error("model=" + model + ": Ballast has only virtio-net-pci");
    });
    Map<String, Object> card = new LinkedHashMap<>();
    String id = values.takeId().orElse("#nic" + number);
    card.put("driver", NetModel.KIND + "-pci");
    card.put("netdev", id);
    values.take("mac").ifPresent(mac -> card.put("mac", mac));
    values.take("addr").ifPresent(slot -> card.put("addr", slot));
    NetdevConfig netdev = NetdevOptions.parse(type, id, values);
    if (netdev.queues() > 1) {
      card.put("mq", true);
    }
    return new NicOption(netdev, DeviceModels.parse(KeyValues.of("-nic " + type, card, "driver")));
  }
}
