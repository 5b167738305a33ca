package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.devices.NetCard;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.net.Netdev;

/** {@code info network}: QEMU's lines, and whether a link is down, which QEMU does not say. */
final class InfoNetwork implements Command {
  @Override
  public List<String> names() { return List.of("network"); }

  @Override
  public String help() { return "show the network state"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    arguments.end();
    StringBuilder text = new StringBuilder();
    for (NetCard card : vm.devices().networkCards()) {
      text.append(card.name()).append(": index=0,type=nic,model=virtio-net-pci,macaddr=").append(card.device().mac())
          .append(card.device().isLinkUp() ? "" : ",link=down").append("\n \\ ").append(line(card.netdev()));
    }
    for (Netdev netdev : vm.objects().netdevs().all()) {
      if (netdev.user().isEmpty()) {
        text.append(line(netdev));
      }
    }
    return text.toString();
  }

  private static String line(Netdev netdev) {
    return netdev.config().id() + ": index=0,type=" + netdev.config().type() + "," + netdev.describe() + "\n";
  }
}
