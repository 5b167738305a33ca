package org.ballastvm.vmm.vhostuser;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.SocketMessage;

/**
 * A back-end that agreed on the protocol, and what it was told of memory and queues. Each call may wait for it, as long as
 * {@link UserConnection} does; after a {@link BackendError} the session is of no more use. For one thread at a time.
 */
final class UserSession implements AutoCloseable {
  /** VHOST_USER_F_PROTOCOL_FEATURES, among a device's features. */
  private static final long HAS_PROTOCOL_FEATURES = 1L << 30;
  /** More queues than any device here has; what a back-end says beyond is of no use. */
  private static final int MOST_QUEUES = 1024;

  private final UserConnection connection;
  private final long offered;
  private final long agreed;
  private final OptionalInt queueCount;
  private final int memorySlots;
  private final List<SharedRegion> regions = new ArrayList<>();

  /**
   * Agrees on the protocol.
   *
   * @param socket to the back-end, closed with this
   * @param patience how long it has for each reply
   * @throws BackendError if it does not
   */
  UserSession(HostSocket socket, Duration patience) {
    connection = new UserConnection(socket, patience);
    try {
      offered = connection.ask(UserMessage.of(UserRequest.GET_FEATURES)).number();
      agreed = agree();
      connection.send(UserMessage.of(UserRequest.SET_OWNER));
      queueCount = has(ProtocolFeature.MQ) ? OptionalInt.of(number(UserRequest.GET_QUEUE_NUM)) : OptionalInt.empty();
      memorySlots = has(ProtocolFeature.CONFIGURE_MEM_SLOTS)
          ? number(UserRequest.GET_MAX_MEM_SLOTS)
          : UserMessage.TABLE_REGIONS;
    } catch (BackendError e) {
      close();
      throw e;
    }
  }

  private long agree() {
    if (!speaksOfProtocol()) {
      return 0;
    }
    long both = connection.ask(UserMessage.of(UserRequest.GET_PROTOCOL_FEATURES)).number() & ProtocolFeature.ALL;
    connection.send(UserMessage.number(UserRequest.SET_PROTOCOL_FEATURES, both));
    return both;
  }

  private int number(UserRequest request) {
    long number = connection.ask(UserMessage.of(request)).number();
    if (number < 1) {
      throw new BackendError("it answers " + request + " with " + Long.toUnsignedString(number));
    }
    return (int) Math.min(number, MOST_QUEUES);
  }

  private boolean speaksOfProtocol() { return (offered & HAS_PROTOCOL_FEATURES) != 0; }

  /** Whether both sides have agreed on a feature of the protocol. */
  boolean has(ProtocolFeature feature) {
    return feature.in(agreed);
  }

  /** The device's features that it offers. */
  long features() { return offered & ~HAS_PROTOCOL_FEATURES; }

  /** How many queues it serves at most; empty where it does not say. */
  OptionalInt queueCount() { return queueCount; }

  /** How many regions of memory it takes at most. */
  int memorySlots() { return memorySlots; }

  /**
   * The device's configuration space.
   *
   * @param lengthBytes up to 256
   */
  byte[] config(int lengthBytes) {
    return connection.ask(UserMessage.config(UserRequest.GET_CONFIG, 0, new byte[lengthBytes])).config();
  }

  /** The driver writes configuration space. */
  void writeConfig(int offset, byte[] bytes) {
    tell(UserMessage.config(UserRequest.SET_CONFIG, offset, bytes));
  }

  /** Says what driver and device have agreed on. */
  void setFeatures(long features) {
    connection.send(UserMessage.number(UserRequest.SET_FEATURES,
        features | (speaksOfProtocol() ? HAS_PROTOCOL_FEATURES : 0)));
  }

  /**
   * The back-end has a region of memory when this returns.
   *
   * @throws IllegalStateException if it takes no more than it has
   */
  void addRegion(SharedRegion region) {
    if (regions.size() >= memorySlots) {
      throw new IllegalStateException("the back-end takes " + memorySlots + " regions of memory");
    }
    regions.add(region);
    if (has(ProtocolFeature.CONFIGURE_MEM_SLOTS)) {
      connection.descriptors().with(region.file());
      tell(UserMessage.region(UserRequest.ADD_MEM_REG, region));
    } else {
      sendTable();
    }
  }

  /** The back-end has let go of a region when this returns. */
  void removeRegion(SharedRegion region) {
    regions.remove(region);
    if (has(ProtocolFeature.CONFIGURE_MEM_SLOTS)) {
      tell(UserMessage.region(UserRequest.REM_MEM_REG, region));
    } else {
      sendTable();
    }
  }

  private void sendTable() {
    SocketMessage files = connection.descriptors();
    regions.forEach(region -> files.with(region.file()));
    tell(UserMessage.table(regions));
  }

  /** Gives a queue to the back-end, which serves it from then on. */
  void startQueue(QueueStart queue) {
    int index = queue.index();
    connection.send(UserMessage.queue(UserRequest.SET_VRING_NUM, index, queue.size()));
    connection.send(UserMessage.queue(UserRequest.SET_VRING_BASE, index, queue.base()));
    tell(UserMessage.rings(index, queue.descriptors(), queue.used(), queue.available()));
    connection.descriptors().with(queue.call());
    connection.send(UserMessage.number(UserRequest.SET_VRING_CALL, index));
    connection.descriptors().with(queue.kick());
    connection.send(UserMessage.number(UserRequest.SET_VRING_KICK, index));
    if (speaksOfProtocol()) {
      connection.send(UserMessage.queue(UserRequest.SET_VRING_ENABLE, index, 1));
    }
  }

  /**
   * Takes a queue back. The back-end is done with what was under way when this returns.
   *
   * @return the index of what it would have taken next
   */
  int stopQueue(int index) {
    return connection.ask(UserMessage.queue(UserRequest.GET_VRING_BASE, index, 0)).base(index);
  }

  /** New memory for what is under way, with nothing in it. For a back-end that has INFLIGHT_SHMFD. */
  InflightMemory inflight(int queues, int queueSize) {
    UserReply reply = connection
        .ask(UserMessage.inflight(UserRequest.GET_INFLIGHT_FD, 0, 0, queues, queueSize));
    if (connection.descriptors().received() != 1) {
      throw new BackendError("it answers " + UserRequest.GET_INFLIGHT_FD + " with "
          + connection.descriptors().received() + " descriptors where one belongs");
    }
    return new InflightMemory(connection.descriptors().takeFile("in-flight memory"), reply.inflightBytes(),
        reply.inflightOffset(), queues, queueSize);
  }

  /** Gives a back-end what it, or one before it, keeps what is under way in. */
  void setInflight(InflightMemory memory) {
    connection.descriptors().with(memory.file());
    tell(UserMessage.inflight(UserRequest.SET_INFLIGHT_FD, memory.sizeBytes(), memory.offsetBytes(), memory.queues(),
        memory.queueSize()));
  }

  /** Gives the back-end a socket for requests of its own. For one that has BACKEND_REQ. */
  void setRequestSocket(HostSocket socket) {
    connection.descriptors().with(socket);
    tell(UserMessage.of(UserRequest.SET_BACKEND_REQ_FD));
  }

  /** Puts the device into its first state, where the back-end has a message for that. */
  void resetDevice() {
    if (has(ProtocolFeature.RESET_DEVICE)) {
      tell(UserMessage.of(UserRequest.RESET_DEVICE));
    }
  }

  /** Sends what has no reply of its own, and returns when the back-end has done it. */
  private void tell(UserMessage what) {
    if (has(ProtocolFeature.REPLY_ACK)) {
      connection.sendAcknowledged(what);
    } else {
      connection.send(what);
      connection.ask(UserMessage.of(UserRequest.GET_FEATURES)); // It takes one message after the other.
    }
  }

  /** The connection, for whoever watches it for its end. */
  HostSocket socket() { return connection.socket(); }

  @Override
  public void close() { connection.close(); }
}
