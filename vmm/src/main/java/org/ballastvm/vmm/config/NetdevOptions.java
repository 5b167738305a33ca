package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What {@code -netdev}, {@code -nic} and {@code netdev_add} take. */
public final class NetdevOptions {
  /** What {@code -netdev help} prints. */
  public static final String LIST = "Available netdev backend types:\ndgram\nsocket\nstream\ntap\nuser";

  /** A key that may be given several times. */
  public static final String REPEATED = "hostfwd";

  /** What QEMU has besides, and what serves instead. */
  private static final Map<String, String> OTHERS = Map.of("bridge", "make a tap on the bridge, and use tap,ifname=",
      "l2tpv3", "make the tunnel on the host, and use tap", "hubport", "a card has one netdev", "vde", "use stream",
      "netmap", "use tap", "vhost-user", "use tap", "vhost-vdpa", "use tap", "af-xdp",
      "use tap", "passt", "use user, which is by passt");
  private static final String KINDS = "dgram, socket, stream, tap and user";
  private static final int MOST_RECONNECT_SECONDS = 1 << 30;

  private NetdevOptions() {}

  /**
   * Parses what stands behind {@code -netdev}.
   *
   * @param text in QEMU's syntax
   * @return the netdev
   * @throws UserError if there is no such kind or property, or a value is none that it takes
   */
  public static NetdevConfig parse(String text) {
    return parse(KeyValues.parseWithRepeated("-netdev", text, "type", REPEATED));
  }

  /**
   * Parses.
   *
   * @param values the type, the id and what it takes
   * @return the netdev
   * @throws UserError if there is no such kind or property, or a value is none that it takes
   */
  public static NetdevConfig parse(KeyValues values) {
    String type = values.require("type");
    return parse(type, values.requireId(), values);
  }

  /**
   * Parses what stands behind the type and the id.
   *
   * @param type such as {@code user}
   * @param id its id
   * @param values the rest
   * @return the netdev
   * @throws UserError if there is no such kind or property, or a value is none that it takes
   */
  static NetdevConfig parse(String type, String id, KeyValues values) {
    return switch (type) {
      case "user" -> new NetdevConfig.User(id, UserNetOptions.parse(values));
      case "stream" -> stream(id, values);
      case "dgram" -> DatagramOptions.dgram(id, values);
      case "socket" -> socket(id, values);
      case "tap" -> tap(id, values);
      default -> throw values.error("there is no netdev of type '" + type + "'"
          + Optional.ofNullable(OTHERS.get(type)).map(instead -> "; " + instead).orElse("") + ". There are " + KINDS);
    };
  }

  private static NetdevConfig stream(String id, KeyValues values) {
    boolean server = values.takeBoolean("server", false);
    String kind = values.require("addr.type");
    NetdevConfig.Address address = switch (kind) {
      case "unix" -> new NetdevConfig.Address.Unix(FileName.path("addr.path", values.require("addr.path")));
      case "inet" -> new NetdevConfig.Address.Inet(values.require("addr.host"), port(values, "addr.port", server));
      default -> throw values.error("addr.type=" + kind + ": must be unix or inet");
    };
    OptionalInt seconds = reconnect(values);
    if (server && seconds.isPresent()) {
      throw values.error("reconnect: is for one that connects; a server takes whoever comes next anyway");
    }
    values.refuseRest("server, addr.type, addr.path, addr.host, addr.port, reconnect");
    return new NetdevConfig.Stream(id, "stream", address, server, seconds);
  }

  /** Of QEMU's both names the second is in milliseconds. */
  private static OptionalInt reconnect(KeyValues values) {
    Optional<Integer> seconds = values.takeInt("reconnect", 0, MOST_RECONNECT_SECONDS);
    Optional<Integer> millis = values.takeInt("reconnect-ms", 0, Integer.MAX_VALUE);
    if (seconds.isPresent() && millis.isPresent()) {
      throw values.error("reconnect and reconnect-ms are the same, and must not both be given");
    }
    return seconds.or(() -> millis.map(time -> (time + 999) / 1000)).filter(time -> time > 0).map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private static NetdevConfig socket(String id, KeyValues values) {
    Optional<String> group = values.take("mcast");
    if (group.isPresent()) {
      return DatagramOptions.multicast(id, values, group.get());
    }
    Optional<String> udp = values.take("udp");
    if (udp.isPresent()) {
      return DatagramOptions.udp(id, values, udp.get());
    }
    Optional<String> listen = values.take("listen");
    Optional<String> connect = values.take("connect");
    Optional<Integer> fd = values.take("fd").map(given -> DescriptorNumber.parse(values, "fd", given));
    values.refuseRest("listen, connect, fd, or udp or mcast, with localaddr");
    if (Stream.of(listen, connect, fd).filter(Optional::isPresent).count() != 1) {
      throw values.error("exactly one of listen=, connect=, fd=, udp= and mcast= must be given");
    }
    if (fd.isPresent()) {
      return new NetdevConfig.Stream(id, "socket", new NetdevConfig.Address.Given(fd.get()), false,
          OptionalInt.empty());
    }
    boolean server = listen.isPresent();
    return new NetdevConfig.Stream(id, "socket", inet(values, listen.or(() -> connect).get(), server), server,
        OptionalInt.empty());
  }

  private static NetdevConfig.Address inet(KeyValues values, String text, boolean server) {
    int colon = text.lastIndexOf(':');
    if (colon >= 0) {
      OptionalInt port = UserNetOptions.port(text.substring(colon + 1));
      if (port.isPresent() && (server || port.getAsInt() > 0 && colon > 0)) {
        return new NetdevConfig.Address.Inet(text.substring(0, colon), port.getAsInt());
      }
    }
    throw values
        .error((server ? "listen=" : "connect=") + text + ": must be " + (server ? "[HOST]" : "HOST") + ":PORT");
  }

  private static int port(KeyValues values, String key, boolean server) {
    return values.takeInt(key, server ? 0 : 1, 65535)
        .orElseThrow(() -> values.error("parameter '" + key + "' is missing"));
  }

  private static NetdevConfig tap(String id, KeyValues values) {
    Optional<String> name = values.take("ifname").map(given -> interfaceName(values, given));
    List<Integer> descriptors = descriptors(values, "fd", "fds");
    Optional<Integer> queues = values.takeInt("queues", 1, 31);
    List<Integer> vhosts = descriptors(values, "vhostfd", "vhostfds");
    boolean vhost = values.takeBoolean("vhost", !vhosts.isEmpty());
    if (!values.takeBoolean("vnet_hdr", true)) {
      throw values.error("vnet_hdr=off: a tap that Ballast opens has headers; one by fd= has what it was opened with");
    }
    for (String script : List.of("script", "downscript")) {
      values.take(script).filter(given -> !given.equals("no")).ifPresent(given -> {
        throw values
            .error(script + "=" + given + ": must be no; Ballast runs no scripts, so set the interface up before");
      });
    }
    values.refuseRest("ifname, fd, fds, queues, vhost, vhostfd, vhostfds, vnet_hdr, script, downscript");
    if (!descriptors.isEmpty()
        && (name.isPresent() || queues.filter(count -> count != descriptors.size()).isPresent())) {
      throw values.error("fd= and fds= name open queues, and stand neither with ifname= nor with another queues=");
    }
    int pairs = descriptors.isEmpty() ? queues.orElse(1) : descriptors.size();
    if (!vhosts.isEmpty() && (!vhost || vhosts.size() != pairs)) {
      throw values.error("vhostfd= and vhostfds= name an open /dev/vhost-net for each pair of queues, of which there "
          + (pairs == 1 ? "is 1" : "are " + pairs) + ", and do not stand with vhost=off");
    }
    return new NetdevConfig.Tap(id, name, descriptors, pairs,
        vhost ? Optional.of(new NetdevConfig.Vhost(vhosts)) : Optional.empty());
  }

  /** What both keys name, one descriptor and several. */
  private static List<Integer> descriptors(KeyValues values, String one, String several) {
    List<Integer> all = new ArrayList<>();
    values.take(one).ifPresent(given -> all.add(DescriptorNumber.parse(values, one, given)));
    values.take(several).ifPresent(given -> {
      for (String each : given.split(":", -1)) {
        all.add(DescriptorNumber.parse(values, several, each));
      }
    });
    return all;
  }

  private static String interfaceName(KeyValues values, String name) {
    if (!name.matches("[^\\s/%:]{1,15}")) {
      throw values.error("ifname=" + name + ": must be a name of 1 to 15 characters, without spaces, '/', ':' and '%'");
    }
    return name;
  }

  /** The paths of Unix sockets, made independent of the directory that a daemon leaves. */
  public static NetdevConfig absolute(NetdevConfig netdev) {
    if (netdev instanceof NetdevConfig.Stream stream && stream.address() instanceof NetdevConfig.Address.Unix unix) {
      Path path = unix.path().toAbsolutePath();
      return new NetdevConfig.Stream(stream.id(), stream.type(), new NetdevConfig.Address.Unix(path), stream.server(),
          stream.reconnectSeconds());
    }
    if (netdev instanceof NetdevConfig.Datagrams given && given.route() instanceof NetdevConfig.Route.Unix route) {
      return new NetdevConfig.Datagrams(given.id(), given.type(),
          new NetdevConfig.Route.Unix(route.local().toAbsolutePath(), route.remote().toAbsolutePath()));
    }
    return netdev;
  }
}
