package org.ballastvm.kvm;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Why a vCPU left its guest: {@code kvm_run.exit_reason} and what comes with it, linux/kvm.h.
 *
 * <p>
 * {@link Pio} and {@link Mmio} are views of the vCPU's run page, the same object at each exit: they mean something until
 * the vCPU runs again.
 */
public sealed interface Exit {
  /** The guest used an I/O port that nothing in the kernel answers. */
  final class Pio implements Exit {
    private final ByteBuffer page;
    private boolean write;
    private int port;
    private int sizeBytes;
    private int count;
    private int dataOffset;

    Pio(ByteBuffer page) { this.page = page; }

    /** Direction, width, port and count are eight bytes in a row: one access, not four. */
    void read() {
      long what = page.getLong(RunPage.IO_DIRECTION);
      write = (what & 0xff) == RunPage.IO_OUT;
      sizeBytes = (int) (what >>> 8) & 0xff;
      port = (int) (what >>> 16) & 0xffff;
      count = (int) (what >>> 32);
      dataOffset = (int) page.getLong(RunPage.IO_DATA_OFFSET);
    }

    /** {@return whether the guest wrote} */
    public boolean isWrite() { return write; }

    /** {@return the port, 0 to 65535} */
    public int port() { return port; }

    /** {@return the width of each access: 1, 2 or 4 bytes} */
    public int sizeBytes() { return sizeBytes; }

    /** {@return how many accesses, one after the other; above 1 for string instructions} */
    public int count() {
      return count;
    }

    /**
     * What the guest wrote.
     *
     * @param i below {@link #count()}
     * @return the value, zero-extended
     */
    public int data(int i) {
      int at = dataOffset + i * sizeBytes;
      return switch (sizeBytes) {
        case 1 -> page.get(at) & 0xff;
        case 2 -> page.getShort(at) & 0xffff;
        default -> page.getInt(at);
      };
    }

    /**
     * Answers a read.
     *
     * @param i below {@link #count()}
     * @param value in the low {@link #sizeBytes()} bytes
     */
    public void setData(int i, int value) {
      int at = dataOffset + i * sizeBytes;
      switch (sizeBytes) {
        case 1 -> page.put(at, (byte) value);
        case 2 -> page.putShort(at, (short) value);
        default -> page.putInt(at, value);
      }
    }
  }

  /** The guest used memory that has no slot. */
  final class Mmio implements Exit {
    private final ByteBuffer page;
    private boolean write;
    private int lengthBytes;
    private long gpa;

    Mmio(ByteBuffer page) { this.page = page; }

    /** Length and direction are next to each other. */
    void read() {
      gpa = page.getLong(RunPage.MMIO_ADDRESS);
      long what = page.getLong(RunPage.MMIO_LENGTH);
      lengthBytes = (int) what;
      write = (what >>> 32 & 0xff) != 0;
    }

    /** {@return whether the guest wrote} */
    public boolean isWrite() { return write; }

    /** {@return the guest physical address} */
    public long gpa() { return gpa; }

    /** {@return 1 to 8 bytes} */
    public int lengthBytes() { return lengthBytes; }

    /** {@return what the guest wrote, little-endian, zero-extended} */
    public long data() {
      long all = page.getLong(RunPage.MMIO_DATA);
      return lengthBytes == 8 ? all : all & (1L << lengthBytes * 8) - 1;
    }

    /**
     * Answers a read.
     *
     * @param value little-endian, in the low {@link #lengthBytes()} bytes
     */
    public void setData(long value) { page.putLong(RunPage.MMIO_DATA, value); }
  }

  /** Exits that carry nothing. */
  enum Simple implements Exit {
    /** The guest waits for an interrupt; only without an in-kernel LAPIC. */
    HALT,
    /** The guest crashed its processor: a triple fault. */
    SHUTDOWN,
    /** A kick, or another signal, took the vCPU out. */
    INTERRUPTED,
    /**
     * The guest used memory that has a slot and that this process cannot use, EFAULT. The instruction has not been carried
     * out: the vCPU tries again when it runs again.
     */
    BAD_ADDRESS,
    /** The guest can take an interrupt; only without an in-kernel LAPIC. */
    IRQ_WINDOW_OPEN
  }

  /**
   * The guest asked the host for something about the whole VM.
   *
   * @param type KVM_SYSTEM_EVENT_*
   */
  record SystemEvent(int type) implements Exit {}

  /**
   * The guest met what {@link GuestDebug} asks to be told of.
   *
   * @param exception {@link #STEP_OR_WATCH} or {@link #BREAKPOINT}
   * @param pc linear address: of the {@code int3}, or of the next instruction
   * @param dr6 of a step or a watch, why: Intel SDM volume 3, 19.2.3
   */
  record Debug(int exception, long pc, long dr6) implements Exit {
    /** #DB. */
    public static final int STEP_OR_WATCH = 1;
    /** #BP. */
    public static final int BREAKPOINT = 3;
    /** In {@link #dr6}: one instruction has been carried out. */
    public static final long STEPPED = 1 << 14;
  }

  /**
   * The processor refused to enter the guest.
   *
   * @param hardwareReason its own number for why
   */
  record FailEntry(long hardwareReason) implements Exit {}

  /**
   * KVM gave up.
   *
   * @param suberror KVM_INTERNAL_ERROR_*
   * @param data what it says besides
   */
  record GaveUp(int suberror, List<Long> data) implements Exit {}

  /**
   * An exit that no machine of ours causes.
   *
   * @param reason KVM_EXIT_*
   */
  record Unhandled(int reason) implements Exit {}
}
