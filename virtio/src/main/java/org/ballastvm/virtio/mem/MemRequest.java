package org.ballastvm.virtio.mem;

/** What a driver asks of a memory device. Virtio 1.3, 5.15.6. */
sealed interface MemRequest {
  /** {@code struct virtio_mem_req}, in bytes. */
  int BYTES = 24;

  /**
   * Carries it out.
   *
   * @throws MemPlugger.PlugRefused if the host refuses; nothing has changed
   */
  MemAnswer answer(MemBlocks blocks);

  /** {@return what kind of request it is} */
  Kind kind();

  /** The kinds, as people read them. */
  enum Kind {
    PLUG(0), UNPLUG(1), UNPLUG_ALL(2), STATE(3), UNKNOWN(-1);

    /** As the request has it; -1 for one that there is not. */
    final int type;

    Kind(int type) { this.type = type; }
  }

  /** Plug blocks that are unplugged. */
  record Plug(long gpa, int blockCount) implements MemRequest {
    @Override
    public MemAnswer answer(MemBlocks blocks) { return blocks.plug(gpa, blockCount); }

    @Override
    public Kind kind() { return Kind.PLUG; }
  }

  /** Unplug blocks that are plugged. */
  record Unplug(long gpa, int blockCount) implements MemRequest {
    @Override
    public MemAnswer answer(MemBlocks blocks) { return blocks.unplug(gpa, blockCount); }

    @Override
    public Kind kind() { return Kind.UNPLUG; }
  }

  /** Unplug whatever is plugged. */
  record UnplugAll() implements MemRequest {
    @Override
    public MemAnswer answer(MemBlocks blocks) { return blocks.unplugAll(); }

    @Override
    public Kind kind() { return Kind.UNPLUG_ALL; }
  }

  /** Report whether blocks are plugged. */
  record State(long gpa, int blockCount) implements MemRequest {
    @Override
    public MemAnswer answer(MemBlocks blocks) { return blocks.state(gpa, blockCount); }

    @Override
    public Kind kind() { return Kind.STATE; }
  }

  /** Something that no specification has. */
  record Unknown(int type) implements MemRequest {
    @Override
    public MemAnswer answer(MemBlocks blocks) { return MemAnswer.ERROR; }

    @Override
    public Kind kind() { return Kind.UNKNOWN; }
  }

  /** What 24 bytes say, as three words; padding is ignored, as it must be. */
  static MemRequest of(long header, long gpa, long count) {
    int blockCount = (int) count & 0xffff;
    return switch ((int) header & 0xffff) {
      case 0 -> new Plug(gpa, blockCount);
      case 1 -> new Unplug(gpa, blockCount);
      case 2 -> new UnplugAll();
      case 3 -> new State(gpa, blockCount);
      default -> new Unknown((int) header & 0xffff);
    };
  }
}
