package org.ballastvm.vmm.net;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.Vhost;
import org.ballastvm.virtio.net.MacAddress;
import org.ballastvm.vmm.config.NetdevConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.state.ServingProgram;
import org.ballastvm.vmm.vhost.VhostAdvice;

/**
 * The netdevs of a machine, by id, and the addresses of cards that were given none. Confined to the event loop once the
 * machine runs.
 */
public final class Netdevs implements AutoCloseable {
  /** QEMU's first address; the next ones count on. */
  private static final long FIRST_MAC = 0x5254_0012_3456L;

  private final EventLoop loop;
  private final Map<String, Netdev> all = new LinkedHashMap<>();
  private long nextMac = FIRST_MAC;

  /**
   * None yet.
   *
   * @param loop where their frames go
   */
  public Netdevs(EventLoop loop) { this.loop = loop; }

  /**
   * Opens a netdev.
   *
   * @param config what was asked for
   * @throws UserError if its id is taken, or it cannot be had
   */
  public void create(NetdevConfig config) {
    if (all.containsKey(config.id())) {
      throw new UserError("Duplicate ID '" + config.id() + "' for netdev");
    }
    try {
      all.put(config.id(), open(config));
    } catch (HostError e) {
      throw new UserError("-netdev " + config.type() + ",id=" + config.id() + ": " + explain(config, e), e);
    }
  }

  private Netdev open(NetdevConfig config) {
    return config.accept(new NetdevConfig.Cases<>() {
      @Override
      public Netdev stream(NetdevConfig.Stream stream) {
        StreamNetdev netdev = new StreamNetdev(loop, stream);
        return new Netdev(config, netdev.wire(), netdev::close);
      }

      @Override
      public Netdev datagrams(NetdevConfig.Datagrams datagrams) {
        DatagramWire wire = new DatagramWire(loop, datagrams);
        return new Netdev(config, wire, wire::close);
      }

      @Override
      public Netdev user(NetdevConfig.User user) {
        UserNetdev netdev = new UserNetdev(loop, user, passt(user));
        return new Netdev(config, netdev.wire(), netdev::close);
      }

      @Override
      public Netdev tap(NetdevConfig.Tap tap) {
        TapWire wire = new TapWire(loop, tap);
        return new Netdev(config, wire, wire::close);
      }
    });
  }

  private static Path passt(NetdevConfig.User user) {
    return ServingProgram.find(UserNetdev.PROGRAM, Optional.ofNullable(System.getenv("PATH")).orElse(""))
        .orElseThrow(() -> new UserError("-netdev user,id=" + user.id() + ": there is no program '" + UserNetdev.PROGRAM
            + "' in PATH, by which this network is; on Debian it is in the package passt: apt-get install passt"));
  }

  private static String explain(NetdevConfig config, HostError e) {
    if (e.operation().contains("vhost")) {
      return "vhost=on: " + e.getMessage() + VhostAdvice.of(e, Vhost.NET, "vhost_net", "leave vhost=on away");
    }
    if (config instanceof NetdevConfig.Tap tap && (e.errno().equals(Errno.EPERM) || e.errno().equals(Errno.EACCES))) {
      return e.getMessage() + ": root makes it for you: ip tuntap add mode tap user \"$USER\" name "
          + tap.interfaceName().orElse("tap0");
    }
    return e.getMessage();
  }

  /**
   * Closes a netdev.
   *
   * @param id which
   * @throws UserError if there is none of that id, or a card is on it
   */
  public void delete(String id) {
    Netdev netdev = require(id);
    netdev.user().ifPresent(user -> {
      throw new UserError("netdev '" + id + "' is in use by " + user + "; delete that first, by device_del");
    });
    all.remove(id);
    netdev.close();
  }

  /**
   * Lets a card use a netdev, until it frees it.
   *
   * @param id which
   * @param user who, for people
   * @return the netdev
   * @throws UserError if there is none of that id, or another card is on it
   */
  public Netdev use(String id, String user) {
    Netdev netdev = require(id);
    netdev.user().ifPresent(other -> {
      throw new UserError("Property 'virtio-net-pci.netdev' can't take value '" + id + "', it's in use by " + other);
    });
    netdev.taken(user);
    return netdev;
  }

  private Netdev require(String id) {
    return Optional.ofNullable(all.get(id)).orElseThrow(
        () -> new UserError(UserError.Kind.DEVICE_NOT_FOUND, "there is no netdev '" + id + "'"));
  }

  /** {@return the netdev of an id, if there is one} */
  public Optional<Netdev> find(String id) {
    return Optional.ofNullable(all.get(id));
  }

  /** {@return all of them, in the order in which they came} */
  public List<Netdev> all() {
    return List.copyOf(all.values());
  }

  /** {@return an address for a card that was given none} */
  public MacAddress nextMac() {
    return new MacAddress(nextMac++);
  }

  @Override
  public void close() {
    new ArrayList<>(all.values()).reversed().forEach(Netdev::close);
    all.clear();
  }
}
