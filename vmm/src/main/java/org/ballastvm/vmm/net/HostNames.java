package org.ballastvm.vmm.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.UserError;

/** Hosts that a netdev names. */
final class HostNames {
  private HostNames() {}

  /** The address of a host; no name is all of this host's. A {@link UserError} if there is none of that name. */
  static InetAddress find(NetdevConfig netdev, String name) {
    try {
      return InetAddress.getByName(name.isEmpty() ? "0.0.0.0" : name);
    } catch (UnknownHostException e) {
      throw new UserError("-netdev " + netdev.type() + ",id=" + netdev.id() + ": there is no host '" + name + "'", e);
    }
  }
}
