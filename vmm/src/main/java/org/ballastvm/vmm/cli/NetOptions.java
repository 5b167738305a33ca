package org.ballastvm.vmm.cli;

import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.config.NicOption;

/**
 * {@code -netdev} and {@code -nic}.
 *
 * @param netdevs all of them
 * @param cards those of {@code -nic}
 */
record NetOptions(List<NetdevConfig> netdevs, List<DeviceConfig> cards) {
  /** Throws UserError for what there is not. */
  static NetOptions parse(GivenOptions given, boolean daemonize) {
    List<NetdevConfig> netdevs = new ArrayList<>();
    List<DeviceConfig> cards = new ArrayList<>();
    given.values("-netdev").forEach(text -> netdevs.add(NetdevOptions.parse(text)));
    for (String text : given.values("-nic")) {
      if (!text.equals("none")) {
        NicOption nic = NicOption.parse(text, cards.size());
        netdevs.add(nic.netdev());
        cards.add(nic.card());
      }
    }
    return new NetOptions(daemonize ? netdevs.stream().map(NetdevOptions::absolute).toList() : netdevs, cards);
  }
}
