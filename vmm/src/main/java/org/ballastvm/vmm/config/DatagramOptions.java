package org.ballastvm.vmm.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.vmm.config.NetdevConfig.Address;
import org.ballastvm.vmm.config.NetdevConfig.Route;

/** What {@code -netdev dgram} takes, and {@code -netdev socket} with {@code udp=} or {@code mcast=}. */
final class DatagramOptions {
  private static final String KEYS = "local.type, local.host, local.port, local.path, local.str, remote.type, remote.host, "
      + "remote.port, remote.path";

  private DatagramOptions() {}

  /** {@code dgram}. */
  static NetdevConfig dgram(String id, KeyValues values) {
    Optional<String> remote = values.take("remote.type");
    Route route = remote.isPresent() ? route(values, remote.get()) : given(values);
    values.refuseRest(KEYS);
    return new NetdevConfig.Datagrams(id, "dgram", route);
  }

  private static Route route(KeyValues values, String remote) {
    return switch (remote) {
      case "inet" -> {
        Address.Inet to = new Address.Inet(values.require("remote.host"), port(values, "remote.port", 1));
        yield isGroup(to.host()) ? group(values, to) : new Route.Udp(local(values), to);
      }
      case "unix" -> {
        require(values, "unix", "must be unix, as remote.type is");
        yield new Route.Unix(FileName.path("local.path", values.require("local.path")),
            FileName.path("remote.path", values.require("remote.path")));
      }
      default -> throw values.error("remote.type=" + remote + ": must be inet or unix");
    };
  }

  private static Route group(KeyValues values, Address.Inet group) {
    if (values.take("local.type").filter(type -> !type.equals("inet")).isPresent()) {
      throw values.error("local.type: must be inet, with the address of an interface, for a group");
    }
    return new Route.Group(group, values.take("local.host"));
  }

  private static Route given(KeyValues values) {
    require(values, "fd", "must be fd, with the descriptor's number in local.str, where there is no remote.type");
    return new Route.Given(DescriptorNumber.parse(values, "local.str", values.require("local.str")));
  }

  private static void require(KeyValues values, String type, String otherwise) {
    String given = values.require("local.type");
    if (!given.equals(type)) {
      throw values.error("local.type=" + given + ": " + otherwise);
    }
  }

  private static Address.Inet local(KeyValues values) {
    require(values, "inet", "must be inet, as remote.type is");
    return new Address.Inet(values.require("local.host"), port(values, "local.port", 0));
  }

  private static int port(KeyValues values, String key, int least) {
    return values.takeInt(key, least, 65535).orElseThrow(() -> values.error("parameter '" + key + "' is missing"));
  }

  /** {@code socket,mcast=GROUP:PORT}. */
  static NetdevConfig multicast(String id, KeyValues values, String text) {
    Address.Inet group = address(values, "mcast", text, 1);
    if (!isGroup(group.host())) {
      throw values.error("mcast=" + text + ": must be an address from 224.0.0.0 to 239.255.255.255, and a port");
    }
    Route route = new Route.Group(group, values.take("localaddr"));
    values.refuseRest("mcast, localaddr");
    return new NetdevConfig.Datagrams(id, "socket", route);
  }

  /** {@code socket,udp=HOST:PORT,localaddr=HOST:PORT}. */
  static NetdevConfig udp(String id, KeyValues values, String text) {
    Address.Inet remote = address(values, "udp", text, 1);
    Route route = new Route.Udp(address(values, "localaddr", values.require("localaddr"), 0), remote);
    values.refuseRest("udp, localaddr");
    return new NetdevConfig.Datagrams(id, "socket", route);
  }

  private static Address.Inet address(KeyValues values, String key, String text, int leastPort) {
    int colon = text.lastIndexOf(':');
    OptionalInt port = colon > 0 ? UserNetOptions.port(text.substring(colon + 1)) : OptionalInt.empty();
    if (port.isEmpty() || port.getAsInt() < leastPort) {
      throw values.error(key + "=" + text + ": must be HOST:PORT");
    }
    return new Address.Inet(text.substring(0, colon), port.getAsInt());
  }

  /** Numbers alone: a name is looked up when the netdev is opened. */
  private static boolean isGroup(String host) {
    try {
      return host.matches("[0-9.]+") && InetAddress.getByName(host).isMulticastAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
