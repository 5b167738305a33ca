package org.ballastvm.vmm.vsock;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.ballastvm.pci.PciHost;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.vsock.VsockDevice;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.MemoryConfig;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.loop.EventLoop;
import org.ballastvm.vmm.memory.GuestLayout;
import org.ballastvm.vmm.memory.GuestRam;
import org.ballastvm.vmm.memory.MemoryBackend;

/** A guest without processors that has sockets, and sends and takes packets one at a time. */
final class SocketGuest implements AutoCloseable {
  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RST = 3;
  static final int SHUTDOWN = 4;
  static final int RW = 5;
  static final int NO_SEND = 2;

  private static final int CID = 42;
  private static final int HOST = 2;
  private static final int BAR = 4;
  private static final int SIZE = 128;
  private static final int HEADER_BYTES = 44;
  private static final int BUFFER_BYTES = 8192;
  private static final int BUFFERS = 16;
  private static final long RECEIVED = 4 << 20;
  private static final long SENT = 8 << 20;

  /** What the device has sent. */
  record Packet(int operation, int hostPort, int guestPort, int flags, String text) {}

  final CompletableFuture<Throwable> crash = new CompletableFuture<>();
  final EventLoop loop = new EventLoop("guest", crash::complete);
  final UnixSockets sockets;
  private final MemoryBackend backend = MemoryBackend
      .open(new BackendConfig.Ram("ram", 16 << 20, new BackendConfig.Common(false, false, false, false, true)));
  private final GuestRam ram = new GuestRam(GuestLayout.of(MemoryConfig.of(16 << 20)), backend);
  private final VirtioPciFunction function;
  private int sent;
  private int heard;

  SocketGuest(Path path) {
    sockets = new UnixSockets(loop, path);
    VsockDevice device = new VsockDevice(CID, sockets, event -> {
      throw new AssertionError(event);
    });
    sockets.serve(device);
    function = new VirtioPciFunction(device, ram, event -> {
      throw new AssertionError(event);
    });
    function.attach(new Bus());
    start();
    loop.start();
  }

  private void start() {
    function.configWrite(4, 2, 4);
    write(0x14, 1, 3);
    write(0x08, 4, 1);
    write(0x0c, 4, 1);
    write(0x14, 1, 0xb);
    for (int queue = 0; queue < 3; queue++) {
      write(0x16, 2, queue);
      long[] parts = {descriptors(queue), avail(queue), used(queue)};
      for (int part = 0; part < parts.length; part++) {
        write(0x20 + 8 * part, 4, parts[part]);
      }
      write(0x1c, 2, 1);
    }
    for (int i = 0; i < BUFFERS; i++) {
      descriptor(0, i, RECEIVED + (long) i * BUFFER_BYTES, BUFFER_BYTES, 2);
      ram.putShort(avail(0) + 4 + 2L * i, i);
    }
    ram.putShortRelease(avail(0) + 2, BUFFERS);
    write(0x14, 1, 0xf);
  }

  private static long descriptors(int queue) { return (1 << 20) + queue * 0x1_0000L; }

  private static long avail(int queue) { return descriptors(queue) + 0x4000; }

  private static long used(int queue) { return descriptors(queue) + 0x8000; }

  private void write(int register, int width, long value) { function.barWrite(BAR, register, width, value); }

  private void descriptor(int queue, int index, long gpa, int lengthBytes, int flags) {
    ram.putLong(descriptors(queue) + 16L * index, gpa);
    ram.putInt(descriptors(queue) + 16L * index + 8, lengthBytes);
    ram.putInt(descriptors(queue) + 16L * index + 12, flags);
  }

  /** Sends a packet, which the device has taken when this returns. */
  void send(int operation, int hostPort, int guestPort, int flags, String text) throws Exception {
    ram.putLong(SENT, CID);
    ram.putLong(SENT + 8, HOST);
    ram.putInt(SENT + 16, guestPort);
    ram.putInt(SENT + 20, hostPort);
    ram.putInt(SENT + 24, text.length());
    ram.putShort(SENT + 28, 1);
    ram.putShort(SENT + 30, operation);
    ram.putInt(SENT + 32, flags);
    ram.putInt(SENT + 36, 1 << 20);
    ram.putInt(SENT + 40, 0);
    MemorySegment bytes = MemorySegment.ofArray(text.getBytes(StandardCharsets.US_ASCII));
    ram.write(SENT + HEADER_BYTES, bytes, 0, bytes.byteSize());
    descriptor(1, 0, SENT, HEADER_BYTES + text.length(), 0);
    ram.putShort(avail(1) + 4 + 2L * (sent % SIZE), 0);
    sent++;
    ram.putShortRelease(avail(1) + 2, sent);
    loop.post(() -> function.doorbell(1));
    Await.until(() -> ram.getShortAcquire(used(1) + 2) == sent);
  }

  /** Whether the device has sent a packet that nobody heard. */
  boolean hasHeard() {
    return ram.getShortAcquire(used(0) + 2) != heard;
  }

  /** The next packet; waits for it. */
  Packet hear() throws Exception {
    Await.until(this::hasHeard);
    int buffer = ram.getInt(used(0) + 4 + 8L * (heard % SIZE));
    heard++;
    long at = RECEIVED + (long) buffer * BUFFER_BYTES;
    byte[] text = new byte[ram.getInt(at + 24)];
    ram.read(at + HEADER_BYTES, MemorySegment.ofArray(text), 0, text.length);
    Packet packet = new Packet(ram.getShort(at + 30), ram.getInt(at + 16), ram.getInt(at + 20), ram.getInt(at + 32),
        new String(text, StandardCharsets.US_ASCII));
    ram.putShort(avail(0) + 4 + 2L * ((BUFFERS + heard - 1) % SIZE), buffer);
    ram.putShortRelease(avail(0) + 2, BUFFERS + heard);
    loop.post(() -> function.doorbell(0));
    return packet;
  }

  /** Lets the event loop do what there was to do before. */
  void settle() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.post(() -> done.complete(null));
    done.join();
  }

  @Override
  public void close() {
    loop.stop();
    function.device().close();
    sockets.close();
    loop.close();
    backend.close();
  }

  /** Doorbells come back later, as the event loop has them. */
  private final class Bus implements PciHost {
    @Override
    public void ring(int doorbell) { loop.post(() -> function.doorbell(doorbell)); }

    @Override
    public void barMapped(int bar, long base) {
      // Registers are written without an address.
    }

    @Override
    public void barUnmapped(int bar, long base) {
      // The same.
    }

    @Override
    public void setInterruptPin(boolean high) {
      // The guest looks at its rings.
    }

    @Override
    public void routeVector(int vector, long address, int data) {
      // The same.
    }

    @Override
    public void triggerVector(int vector) {
      // The same.
    }
  }
}
