package org.ballastvm.kvm;

import static org.ballastvm.kvm.Fields.get32;
import static org.ballastvm.kvm.Fields.set32;
import static org.ballastvm.kvm.Fields.set64;
import static org.ballastvm.kvm.NativeProvider.CALLS;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.kvm.generated.Host;
import org.ballastvm.kvm.generated.Offsets.vhost_memory;
import org.ballastvm.kvm.generated.Offsets.vhost_memory_region;
import org.ballastvm.kvm.generated.Offsets.vhost_vring_addr;
import org.ballastvm.kvm.generated.Offsets.vhost_vring_file;
import org.ballastvm.kvm.generated.Offsets.vhost_vring_state;

/**
 * A device of the kernel's that serves virtqueues: linux/vhost.h. Of each call, errors are the kernel's. The kernel reaches
 * memory by this process's addresses: memory that goes is taken from it before that is unmapped.
 */
public final class Vhost implements AutoCloseable {
  /** The one that moves frames between a tap and queues. */
  public static final Path NET = Path.of("/dev/vhost-net");
  /** The one for sockets between a guest and its host. */
  public static final Path VSOCK = Path.of("/dev/vhost-vsock");
  /** {@code VHOST_NET_F_VIRTIO_NET_HDR}: the kernel puts headers before frames, as the tap has none. */
  public static final long NET_HEADERS = 1L << Host.VHOST_NET_F_VIRTIO_NET_HDR();

  private static final Path MOST_REGIONS = Path.of("/sys/module/vhost/parameters/max_mem_regions");
  /** What the kernel has always had room for: VHOST_MEMORY_MAX_NREGIONS, drivers/vhost/vhost.c. */
  private static final int LEAST_REGIONS = 64;

  /**
   * A range of guest memory.
   *
   * @param gpa its first guest physical address, a multiple of 4 KiB
   * @param sizeBytes a multiple of 4 KiB
   * @param mapping the memory
   * @param offsetBytes where in it the range begins
   */
  public record Region(long gpa, long sizeBytes, HostMapping mapping, long offsetBytes) {}

  /**
   * Where a part of a queue lies.
   *
   * @param mapping in which memory
   * @param offsetBytes where in it
   */
  public record Place(HostMapping mapping, long offsetBytes) {
    long address() { return mapping.address() + offsetBytes; }
  }

  private final Descriptor descriptor;

  private Vhost(long descriptor, String what) { this.descriptor = new Descriptor(descriptor, what); }

  /**
   * Opens a device, which is this process's from now on: VHOST_SET_OWNER.
   *
   * @param device {@link #NET} or {@link #VSOCK}
   * @return the device
   * @throws HostError ENOENT or ENODEV without the kernel's module, EACCES
   */
  public static Vhost open(Path device) {
    Vhost opened;
    try (Arena arena = Arena.ofConfined()) {
      opened = new Vhost(HostError.check(CALLS.syscall(Host.SYS_openat(), Host.AT_FDCWD(),
          arena.allocateFrom(device.toString()).address(), Host.O_RDWR() | Host.O_CLOEXEC()), "open " + device),
          device.toString());
    }
    try {
      return opened.owned();
    } catch (HostError e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Takes a device that another process has opened, and that this one has inherited: VHOST_SET_OWNER.
   *
   * @param number of its descriptor in this process; it is closed with this
   * @return the device
   * @throws HostError EBADF, ENOTTY if it is none, EBUSY if another process has it; it stays open
   */
  public static Vhost inherited(int number) { return new Vhost(number, "vhost descriptor " + number).owned(); }

  private Vhost owned() {
    ioctl(Host.VHOST_SET_OWNER(), 0, "VHOST_SET_OWNER");
    return this;
  }

  /** {@return how many regions of memory a device takes, as the kernel's module was loaded} */
  public static int mostRegions() {
    try {
      return Integer.parseInt(Files.readString(MOST_REGIONS).strip());
    } catch (IOException | NumberFormatException e) {
      return LEAST_REGIONS; // A kernel from before 4.3, or without /sys.
    }
  }

  /** {@return the features that the kernel can do: VHOST_GET_FEATURES} */
  public long features() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment word = arena.allocate(ValueLayout.JAVA_LONG);
      ioctl(Host.VHOST_GET_FEATURES(), word.address(), "VHOST_GET_FEATURES");
      return word.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  /**
   * Says what was agreed on: VHOST_SET_FEATURES. While no queue is served.
   *
   * @param features of those on offer
   */
  public void features(long features) {
    try (Arena arena = Arena.ofConfined()) {
      ioctl(Host.VHOST_SET_FEATURES(), arena.allocateFrom(ValueLayout.JAVA_LONG, features).address(),
          "VHOST_SET_FEATURES");
    }
  }

  /**
   * Says what memory is: VHOST_SET_MEM_TABLE. When this returns, no other is touched.
   *
   * @param regions at most {@link #mostRegions()}
   */
  public void memory(List<Region> regions) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate(vhost_memory.SIZE + regions.size() * vhost_memory_region.SIZE, 8);
      set32(table, vhost_memory.nregions, regions.size());
      long at = vhost_memory.regions;
      for (Region region : regions) {
        set64(table, at + vhost_memory_region.guest_phys_addr, region.gpa);
        set64(table, at + vhost_memory_region.memory_size, region.sizeBytes);
        set64(table, at + vhost_memory_region.userspace_addr, region.mapping.address() + region.offsetBytes);
        at += vhost_memory_region.SIZE;
      }
      ioctl(Host.VHOST_SET_MEM_TABLE(), table.address(), "VHOST_SET_MEM_TABLE");
    }
  }

  /**
   * Says how long a queue is: VHOST_SET_VRING_NUM.
   *
   * @param queue which
   * @param size entries, a power of two
   */
  public void size(int queue, int size) { state(Host.VHOST_SET_VRING_NUM(), queue, size, "VHOST_SET_VRING_NUM"); }

  /**
   * Says which chain is the next: VHOST_SET_VRING_BASE. While the queue is not served.
   *
   * @param queue which
   * @param next 0 to 65535
   */
  public void next(int queue, int next) { state(Host.VHOST_SET_VRING_BASE(), queue, next, "VHOST_SET_VRING_BASE"); }

  /**
   * Which chain is the next: VHOST_GET_VRING_BASE.
   *
   * @param queue which
   * @return 0 to 65535
   */
  public int next(int queue) {
    return state(Host.VHOST_GET_VRING_BASE(), queue, 0, "VHOST_GET_VRING_BASE") & 0xffff;
  }

  private int state(long request, int queue, int number, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(vhost_vring_state.SIZE, 8);
      set32(state, vhost_vring_state.index, queue);
      set32(state, vhost_vring_state.num, number);
      ioctl(request, state.address(), name);
      return get32(state, vhost_vring_state.num);
    }
  }

  /**
   * Says where a queue lies: VHOST_SET_VRING_ADDR.
   *
   * @param queue which
   * @param descriptors its descriptor table
   * @param driver its available ring
   * @param device its used ring
   */
  public void rings(int queue, Place descriptors, Place driver, Place device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment places = arena.allocate(vhost_vring_addr.SIZE, 8);
      set32(places, vhost_vring_addr.index, queue);
      set64(places, vhost_vring_addr.desc_user_addr, descriptors.address());
      set64(places, vhost_vring_addr.avail_user_addr, driver.address());
      set64(places, vhost_vring_addr.used_user_addr, device.address());
      ioctl(Host.VHOST_SET_VRING_ADDR(), places.address(), "VHOST_SET_VRING_ADDR");
    }
  }

  /**
   * Says what is raised when the driver rings: VHOST_SET_VRING_KICK.
   *
   * @param queue which
   * @param raised what; stays the caller's
   */
  public void kick(int queue, EventFd raised) {
    file(Host.VHOST_SET_VRING_KICK(), queue, raised.fd(), "VHOST_SET_VRING_KICK");
  }

  /**
   * Says what to raise for the driver to be interrupted: VHOST_SET_VRING_CALL.
   *
   * @param queue which
   * @param raise what; stays the caller's
   */
  public void call(int queue, EventFd raise) {
    file(Host.VHOST_SET_VRING_CALL(), queue, raise.fd(), "VHOST_SET_VRING_CALL");
  }

  /**
   * Says what to raise when a queue cannot be made out: VHOST_SET_VRING_ERR.
   *
   * @param queue which
   * @param raise what; stays the caller's
   */
  public void error(int queue, EventFd raise) {
    file(Host.VHOST_SET_VRING_ERR(), queue, raise.fd(), "VHOST_SET_VRING_ERR");
  }

  /**
   * Moves frames between a queue and a tap from now on: VHOST_NET_SET_BACKEND.
   *
   * @param queue 0 receives, 1 sends
   * @param tap stays the caller's
   */
  public void tap(int queue, HostTap tap) {
    file(Host.VHOST_NET_SET_BACKEND(), queue, tap.fd(), "VHOST_NET_SET_BACKEND");
  }

  /**
   * Moves frames no more: VHOST_NET_SET_BACKEND. When this returns, the queue is not touched.
   *
   * @param queue which
   */
  public void noTap(int queue) { file(Host.VHOST_NET_SET_BACKEND(), queue, -1, "VHOST_NET_SET_BACKEND"); }

  private void file(long request, int queue, int number, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment file = arena.allocate(vhost_vring_file.SIZE, 8);
      set32(file, vhost_vring_file.index, queue);
      set32(file, vhost_vring_file.fd, number);
      ioctl(request, file.address(), name);
    }
  }

  /**
   * Says by which number a guest is reached: VHOST_VSOCK_SET_GUEST_CID.
   *
   * @param cid 3 to 2<sup>32</sup> - 2
   * @throws HostError EADDRINUSE if another guest of this host has it
   */
  public void guestCid(long cid) {
    try (Arena arena = Arena.ofConfined()) {
      ioctl(Host.VHOST_VSOCK_SET_GUEST_CID(), arena.allocateFrom(ValueLayout.JAVA_LONG, cid).address(),
          "VHOST_VSOCK_SET_GUEST_CID " + cid);
    }
  }

  /**
   * Serves both queues of sockets, or none: VHOST_VSOCK_SET_RUNNING.
   *
   * @param running which
   */
  public void running(boolean running) {
    try (Arena arena = Arena.ofConfined()) {
      ioctl(Host.VHOST_VSOCK_SET_RUNNING(), arena.allocateFrom(ValueLayout.JAVA_INT, running ? 1 : 0).address(),
          "VHOST_VSOCK_SET_RUNNING");
    }
  }

  private void ioctl(long request, long argument, String name) {
    HostError.check(CALLS.syscall(Host.SYS_ioctl(), descriptor.fd(), request, argument),
        name + " of " + descriptor.what());
  }

  @Override
  public void close() { descriptor.close(); }
}
