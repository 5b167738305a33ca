package org.ballastvm.virtio.vsock;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** {@code struct virtio_vsock_hdr}, virtio 1.3, 5.10.6. */
final class VsockHeader {
  static final int BYTES = 44;
  /** The host, for each guest. */
  static final long HOST_CID = 2;
  static final int TYPE_STREAM = 1;

  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RST = 3;
  static final int SHUTDOWN = 4;
  static final int RW = 5;
  static final int CREDIT_UPDATE = 6;
  static final int CREDIT_REQUEST = 7;

  /** Of a shutdown: whoever says so receives no more. */
  static final int NO_RECEIVE = 1;
  /** Of a shutdown: whoever says so sends no more. */
  static final int NO_SEND = 2;

  private static final ValueLayout.OfShort LE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt LE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LE64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes = MemorySegment.ofArray(new byte[BYTES]);

  MemorySegment bytes() { return bytes; }

  long sourceCid() { return bytes.get(LE64, 0); }

  long destinationCid() { return bytes.get(LE64, 8); }

  int sourcePort() { return bytes.get(LE32, 16); }

  int destinationPort() { return bytes.get(LE32, 20); }

  /** Bytes that follow, unsigned. */
  long length() { return Integer.toUnsignedLong(bytes.get(LE32, 24)); }

  int type() { return bytes.get(LE16, 28) & 0xffff; }

  int operation() { return bytes.get(LE16, 30) & 0xffff; }

  int flags() { return bytes.get(LE32, 32); }

  int bufferBytes() { return bytes.get(LE32, 36); }

  int forwarded() { return bytes.get(LE32, 40); }

  /** Makes one from the host. */
  void fill(long guestCid, int hostPort, int guestPort, int operation, int flags, int length, int bufferBytes,
      int forwarded) {
    bytes.set(LE64, 0, HOST_CID);
    bytes.set(LE64, 8, guestCid);
    bytes.set(LE32, 16, hostPort);
    bytes.set(LE32, 20, guestPort);
    bytes.set(LE32, 24, length);
    bytes.set(LE16, 28, (short) TYPE_STREAM);
    bytes.set(LE16, 30, (short) operation);
    bytes.set(LE32, 32, flags);
    bytes.set(LE32, 36, bufferBytes);
    bytes.set(LE32, 40, forwarded);
  }
}
