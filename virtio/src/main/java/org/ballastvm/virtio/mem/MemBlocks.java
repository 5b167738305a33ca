package org.ballastvm.virtio.mem;

/**
 * The blocks of a memory device and the rules for changing them. Virtio 1.3, 5.15.6.
 *
 * <p>
 * Changed on the event loop, under the transport's lock; what the host asks for is read by vCPUs at any time.
 */
final class MemBlocks {
  private final MemConfig config;
  private final MemPlugger plugger;
  private final PlugBitmap plugged;
  private volatile long requestedBytes;
  private volatile long usableBytes;

  MemBlocks(MemConfig config, MemPlugger plugger) {
    this.config = config;
    this.plugger = plugger;
    this.plugged = new PlugBitmap(config.blockCount());
    this.requestedBytes = config.requestedBytes();
    this.usableBytes = config.usableBytesFor(requestedBytes);
  }

  MemConfig config() { return config; }

  long requestedBytes() { return requestedBytes; }

  long usableBytes() { return usableBytes; }

  long pluggedBytes() { return plugged.count() * config.blockBytes(); }

  /** Asks for a size, which keeps to the rules; the part to choose from grows first, so that no driver sees too little. */
  void request(long sizeBytes) {
    usableBytes = Math.max(usableBytes, config.usableBytesFor(sizeBytes));
    requestedBytes = sizeBytes;
  }

  MemState state() { return new MemState(requestedBytes, usableBytes, plugged.words()); }

  /**
   * Makes it what it was: what is plugged goes, and what was is plugged.
   *
   * @throws MemPlugger.PlugRefused if the host refuses; what it has refused is not plugged
   */
  void restore(MemState state) {
    unplugEverything();
    requestedBytes = state.requestedBytes();
    usableBytes = state.usableBytes();
    PlugBitmap wanted = new PlugBitmap(plugged.blockCount());
    wanted.restore(state.pluggedWords());
    int end = plugged.blockCount();
    for (int first = wanted.next(true, 0, end); first < end;) {
      int behind = wanted.next(false, first, end);
      plugger.plug(config.base() + first * config.blockBytes(), (behind - first) * config.blockBytes());
      plugged.set(true, first, behind - first);
      first = wanted.next(true, behind, end);
    }
  }

  private void unplugEverything() {
    if (plugged.count() > 0) {
      plugger.unplug(config.base(), config.sizeBytes());
      plugged.set(false, 0, plugged.blockCount());
    }
  }

  MemAnswer plug(long gpa, int count) {
    if (!isUsable(gpa, count)) {
      return MemAnswer.ERROR;
    }
    if (pluggedBytes() + count * config.blockBytes() > requestedBytes) {
      return MemAnswer.NACK;
    }
    return plugger.isGivingBack() ? MemAnswer.BUSY : change(true, gpa, count);
  }

  MemAnswer unplug(long gpa, int count) { return isUsable(gpa, count) ? change(false, gpa, count) : MemAnswer.ERROR; }

  private MemAnswer change(boolean plug, long gpa, int count) {
    int first = blockAt(gpa);
    if (!plugged.isAll(!plug, first, count)) {
      return MemAnswer.ERROR;
    }
    if (plug) {
      plugger.plug(gpa, count * config.blockBytes());
    } else {
      plugger.unplug(gpa, count * config.blockBytes());
    }
    plugged.set(plug, first, count);
    return MemAnswer.ACK;
  }

  /** The only time when the part to choose from shrinks. 5.15.4.2 */
  MemAnswer unplugAll() {
    unplugEverything();
    usableBytes = config.usableBytesFor(requestedBytes);
    return MemAnswer.ACK;
  }

  MemAnswer state(long gpa, int count) {
    if (!isUsable(gpa, count)) {
      return MemAnswer.ERROR;
    }
    if (plugged.isAll(true, blockAt(gpa), count)) {
      return MemAnswer.PLUGGED;
    }
    return plugged.isAll(false, blockAt(gpa), count) ? MemAnswer.UNPLUGGED : MemAnswer.MIXED;
  }

  /** Whether a range that a driver named is one of whole blocks, and not empty, in the part that it may choose from. */
  private boolean isUsable(long gpa, int count) {
    // Both are checked against what is left, so nothing can wrap.
    long offset = gpa - config.base();
    return gpa >= config.base() && offset < usableBytes && (offset & config.blockBytes() - 1) == 0 && count > 0
        && count <= (usableBytes - offset) / config.blockBytes();
  }

  private int blockAt(long gpa) { return (int) ((gpa - config.base()) / config.blockBytes()); }
}
