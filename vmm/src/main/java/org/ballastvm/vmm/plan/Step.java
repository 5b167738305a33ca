package org.ballastvm.vmm.plan;

/** One thing that is asked of a guest, or done to its machine. */
public sealed interface Step {
  /** {@return by how much the guest has more when it is done, in bytes; negative for less} */
  long gainBytes();

  /** What a guest is asked for, and does in its own time. */
  sealed interface Asked extends Step {}

  /**
   * A virtio-mem device is asked for another size.
   *
   * @param device which, by its place among {@link Means#blocks}
   * @param fromBytes what it was asked for
   * @param toBytes what it is asked for
   */
  record Resize(int device, long fromBytes, long toBytes) implements Asked {
    @Override
    public long gainBytes() { return toBytes - fromBytes; }
  }

  /**
   * A DIMM is made and plugged.
   *
   * @param sizeBytes how large
   */
  record PlugDimm(long sizeBytes) implements Step {
    @Override
    public long gainBytes() { return sizeBytes; }
  }

  /**
   * The guest is asked to let a DIMM go.
   *
   * @param dimm which, by its place among {@link Means#dimms}
   * @param sizeBytes how large it is
   */
  record UnplugDimm(int dimm, long sizeBytes) implements Asked {
    @Override
    public long gainBytes() { return -sizeBytes; }
  }

  /**
   * The balloon is asked for another size.
   *
   * @param fromBytes what it was asked to hold
   * @param toBytes what it is asked to hold
   */
  record Inflate(long fromBytes, long toBytes) implements Asked {
    @Override
    public long gainBytes() { return fromBytes - toBytes; }
  }
}
