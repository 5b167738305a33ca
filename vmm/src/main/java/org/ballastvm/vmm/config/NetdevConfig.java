package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code -netdev}: the other end of a network card's wire. */
public sealed interface NetdevConfig {
  /** {@return the id that {@code -device virtio-net-pci,netdev=ID} names} */
  String id();

  /** {@return its kind, such as {@code tap}} */
  String type();

  /** {@return how many pairs of queues it has} */
  default int queues() { return 1; }

  /**
   * Does what its kind asks for. A virtual call, as {@link BootConfig#accept}.
   *
   * @param <T> what comes of it
   * @param cases one for each kind
   * @return what comes of it
   */
  <T> T accept(Cases<T> cases);

  /**
   * What is done with each kind.
   *
   * @param <T> what comes of it
   */
  interface Cases<T> {
    /**
     * A connection.
     *
     * @param netdev which
     * @return what comes of it
     */
    T stream(Stream netdev);

    /**
     * Messages.
     *
     * @param netdev which
     * @return what comes of it
     */
    T datagrams(Datagrams netdev);

    /**
     * A network without root.
     *
     * @param netdev which
     * @return what comes of it
     */
    T user(User netdev);

    /**
     * An interface of the host.
     *
     * @param netdev which
     * @return what comes of it
     */
    T tap(Tap netdev);
  }

  /** Where a socket is. */
  sealed interface Address {
    /**
     * A Unix socket.
     *
     * @param path where
     */
    record Unix(Path path) implements Address {
      @Override
      public String toString() { return "unix:" + path; }
    }

    /**
     * A TCP socket.
     *
     * @param host name or address; empty for all of this host's
     * @param port 0 to 65535; 0 lets the host choose, for one that listens
     */
    record Inet(String host, int port) implements Address {
      @Override
      public String toString() { return "tcp:" + host + ":" + port; }
    }

    /**
     * A connection that this process was given.
     *
     * @param number of its descriptor
     */
    record Given(int number) implements Address {
      @Override
      public String toString() { return "fd=" + number; }
    }
  }

  /**
   * {@code stream}, and {@code socket} with {@code listen=}, {@code connect=} or {@code fd=}: a connection over which frames go, each
   * behind its length, as in QEMU.
   *
   * @param id its id
   * @param type {@code stream} or {@code socket}, as its user has called it
   * @param address where
   * @param server we listen; otherwise we connect
   * @param reconnectSeconds after how many seconds a connection that is lost, or could not be had, is tried anew; never when
   *        empty
   */
  record Stream(String id, String type, Address address, boolean server,
      OptionalInt reconnectSeconds) implements NetdevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.stream(this); }
  }

  /** Between whom messages go. */
  sealed interface Route {
    /**
     * Two hosts, by UDP.
     *
     * @param local where messages are awaited
     * @param remote where they go
     */
    record Udp(Address.Inet local, Address.Inet remote) implements Route {}

    /**
     * Two Unix sockets.
     *
     * @param local the name of this one
     * @param remote the other's
     */
    record Unix(Path local, Path remote) implements Route {}

    /**
     * All who take part in a group, by UDP.
     *
     * @param group its address and port
     * @param interfaceAddress an address of the interface by which it is reached; the host chooses one when empty
     */
    record Group(Address.Inet group, Optional<String> interfaceAddress) implements Route {}

    /**
     * Whoever a socket that this process was given is connected to.
     *
     * @param number of its descriptor
     */
    record Given(int number) implements Route {}
  }

  /**
   * {@code dgram}, and {@code socket} with {@code udp=} or {@code mcast=}: each frame is a message, which may be lost, as in
   * QEMU.
   *
   * @param id its id
   * @param type {@code dgram} or {@code socket}, as its user has called it
   * @param route between whom
   */
  record Datagrams(String id, String type, Route route) implements NetdevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.datagrams(this); }
  }

  /**
   * {@code user}: the guest is on the host's network as a program of this user is, by passt.
   *
   * @param id its id
   * @param passt what else passt is given
   */
  record User(String id, UserNetConfig passt) implements NetdevConfig {
    @Override
    public String type() { return "user"; }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.user(this); }
  }

  /**
   * By which devices the kernel moves frames.
   *
   * @param descriptors numbers of descriptors that this process has inherited, one for each pair of queues; empty where
   *        the devices are opened by their name
   */
  record Vhost(List<Integer> descriptors) {
    /** Keeps a copy. */
    public Vhost {
      descriptors = List.copyOf(descriptors);
    }
  }

  /**
   * {@code tap}: an interface of the host, for a bridge or for routes.
   *
   * @param id its id
   * @param interfaceName the interface; the host chooses a name when empty
   * @param descriptors numbers of descriptors that this process has inherited, one for each pair of queues; empty where
   *        the interface is opened by its name
   * @param queues how many pairs of queues it has
   * @param vhost the kernel moves frames between the interface and the card's queues; this process does when empty
   */
  record Tap(String id, Optional<String> interfaceName, List<Integer> descriptors, int queues, Optional<Vhost> vhost)
      implements
        NetdevConfig {
    /** Keeps a copy. */
    public Tap {
      descriptors = List.copyOf(descriptors);
    }

    @Override
    public String type() { return "tap"; }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.tap(this); }
  }
}
