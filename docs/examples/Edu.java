import java.time.Duration;
import org.ballastvm.device.PciPort;
import org.ballastvm.device.SimplePci;
import org.ballastvm.pci.PciIdentity;

/**
 * A card to learn by, after the one that QEMU calls edu. Its registers, in BAR 0: 0x00 says who it is, 0x04 gives back what
 * was written, inverted; 0x08 computes a factorial; 0x80 source, 0x88 destination, 0x90 length and 0x98 command of its DMA (bit
 * 0 starts it, bit 1: from the card), whose memory of 4 KiB is at 0x40000; 0x24 interrupt status, 0x64 acknowledges.
 */
public class Edu implements SimplePci {
  private static final int BUFFER = 0x40000;

  private final byte[] buffer = new byte[4096];
  private final long[] dma = new long[4];
  private PciPort port;
  private int inverted;
  private int factorial;
  private int status;

  @Override
  public PciIdentity identity() { return new PciIdentity(0x1234, 0x11e8, 0x10, 0x00ff00, 0x1af4, 0x1100); }

  @Override
  public int[] barBytes() { return new int[]{1 << 20}; }

  @Override
  public int vectors() { return 1; }

  @Override
  public void plugged(PciPort machine) { port = machine; }

  @Override
  public long read(int bar, long offset, int width) {
    return switch ((int) offset) {
      case 0x00 -> 0x010000ed;
      case 0x04 -> ~inverted;
      case 0x08 -> factorial;
      case 0x24 -> status;
      case 0x80, 0x88, 0x90, 0x98 -> dma[(int) (offset - 0x80) / 8];
      default -> -1;
    };
  }

  @Override
  public void write(int bar, long offset, int width, long value) {
    switch ((int) offset) {
      case 0x04 -> inverted = (int) value;
      case 0x08 -> {
        factorial = 1;
        for (int i = 2; i <= Math.min(value, 12); i++) {
          factorial *= i;
        }
      }
      case 0x64 -> interrupt(status & (int) ~value);
      case 0x80, 0x88, 0x90 -> dma[(int) (offset - 0x80) / 8] = value;
      case 0x98 -> {
        dma[3] = value;
        if ((value & 1) != 0) {
          port.after(Duration.ofMillis(10), this::transfer);
        }
      }
      default -> {
        // Read-only, or nothing.
      }
    }
  }

  private void transfer() {
    boolean fromCard = (dma[3] & 2) != 0;
    int at = (int) ((fromCard ? dma[0] : dma[1]) - BUFFER);
    int length = (int) dma[2];
    if (at >= 0 && length >= 0 && length <= buffer.length - at) {
      if (fromCard) {
        port.memory().write(dma[1], java.util.Arrays.copyOfRange(buffer, at, at + length));
      } else {
        System.arraycopy(port.memory().read(dma[0], length), 0, buffer, at, length);
      }
    }
    dma[3] &= ~1L;
    interrupt(status | 0x100);
  }

  private void interrupt(int next) {
    boolean rises = (next & ~status) != 0;
    status = next;
    port.pin(status != 0);
    if (rises) {
      port.send(0);
    }
  }

  @Override
  public void reset() { status = 0; }
}
