package org.ballastvm.vmm.memory;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.ballastvm.kvm.Advice;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostMapping;
import org.ballastvm.kvm.HostProcess;
import org.ballastvm.vmm.config.BackendConfig;
import org.ballastvm.vmm.config.ByteSize;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.state.Log;
import org.ballastvm.vmm.state.MachineScope;
import org.ballastvm.vmm.trace.DiscardTrace;
import org.ballastvm.vmm.trace.MemoryTrace;

/**
 * Host memory that a guest is given, with the one way of giving it back that works for its kind. The wrong call frees
 * nothing and says nothing, so the kind decides and nobody else.
 */
public final class MemoryBackend implements Hiding, AutoCloseable {
  /** From here on it is worth a word that a memory gets no huge pages. */
  private static final long LARGE_BYTES = 256 << 20;

  private final BackendConfig config;
  private final HostMapping mapping;
  private final Optional<HostFile> file;
  private final DiscardCall discard;
  private final long pageSizeBytes;
  private final AtomicLong discardCalls = new AtomicLong();
  private final HeldPages held;
  /** The same, there only where pages are huge. */
  private final Optional<HugePageParts> parts;

  private MemoryBackend(BackendConfig config, HostMapping mapping, Optional<HostFile> file, DiscardCall discard,
      long pageSizeBytes) {
    this.config = config;
    this.mapping = mapping;
    this.file = file;
    this.discard = discard;
    this.pageSizeBytes = pageSizeBytes;
    this.parts = pageSizeBytes == HostProcess.pageSizeBytes()
        ? Optional.empty()
        : Optional.of(new HugePageParts(mapping.sizeBytes(), pageSizeBytes, this::discardForBalloon));
    this.held = parts.isPresent() ? parts.get() : new HeldPages(mapping.sizeBytes());
  }

  /**
   * Makes the memory.
   *
   * @param config what the user asked for
   * @return the memory, with its advice given and its pages allocated if they were to be
   * @throws UserError if the size does not fit the pages or the file, or the file cannot be had
   * @throws HostError if the host refuses
   */
  public static MemoryBackend open(BackendConfig config) {
    MemoryBackend backend = openKind(config);
    try {
      backend.prepare();
      MemoryTrace.backendMapped(config);
      return backend;
    } catch (HostError | UserError e) {
      backend.close();
      throw e;
    }
  }

  private static MemoryBackend openKind(BackendConfig config) {
    return config.accept(new BackendConfig.Cases<>() {
      @Override
      public MemoryBackend ram(BackendConfig.Ram ram) { return anonymous(ram); }

      @Override
      public MemoryBackend memfd(BackendConfig.Memfd memfd) {
        return onFile(memfd, HostFile.memfd("ballast-" + memfd.id(), hugePages(memfd)), true);
      }

      @Override
      public MemoryBackend file(BackendConfig.File file) { return openNamed(file); }
    });
  }

  private static MemoryBackend anonymous(BackendConfig.Ram config) {
    BackendConfig.Common common = config.common();
    return new MemoryBackend(config, HostMapping.anonymous(config.sizeBytes(), common.share(), common.reserve()),
        Optional.empty(), common.share() ? DiscardCall.REMOVE : DiscardCall.FORGET, HostProcess.pageSizeBytes());
  }

  private static OptionalLong hugePages(BackendConfig.Memfd memfd) {
    return memfd.hugetlb() ? OptionalLong.of(memfd.hugePageBytes().orElse(0)) : OptionalLong.empty();
  }

  private static MemoryBackend openNamed(BackendConfig.File config) {
    Path path = config.path();
    HostFile file;
    try {
      file = Files.isDirectory(path) ? HostFile.unnamedIn(path) : HostFile.open(path, true);
    } catch (HostError e) {
      throw new UserError(
          "-object memory-backend-file,id=" + config.id() + ",mem-path=" + path + ": " + e.getMessage(), e);
    }
    long size = file.sizeBytes();
    if (size != 0 && size < config.sizeBytes()) {
      file.close();
      throw new UserError("-object memory-backend-file,id=" + config.id() + ",mem-path=" + path + ": the file has "
          + ByteSize.describe(size) + ", less than size=" + ByteSize.describe(config.sizeBytes()));
    }
    MemoryBackend backend = onFile(config, file, size == 0);
    if (file.freeBytes().orElse(Long.MAX_VALUE) < config.sizeBytes() - file.allocatedBytes()) {
      Log.of(MemoryBackend.class).warn("{}; a guest that uses more of it stops, or hangs", noRoom(config));
    }
    return backend;
  }

  private static String noRoom(BackendConfig.File config) {
    return "memory backend " + config.id() + ": the file system of mem-path=" + config.path()
        + " has no room for all of size=" + ByteSize.describe(config.sizeBytes());
  }

  private static MemoryBackend onFile(BackendConfig config, HostFile file, boolean setLength) {
    try {
      long page = file.pageSizeBytes();
      if (config.sizeBytes() % page != 0) {
        throw new UserError("-object id=" + config.id() + ",size=" + ByteSize.describe(config.sizeBytes())
            + ": the size must be a multiple of the page size of what is behind it, " + ByteSize.describe(page));
      }
      if (setLength) {
        file.truncate(config.sizeBytes());
      }
      boolean shared = config.common().share();
      HostMapping mapping = HostMapping.ofFile(file, 0, config.sizeBytes(), shared, config.common().reserve());
      return new MemoryBackend(config, mapping, Optional.of(file),
          shared ? DiscardCall.PUNCH : DiscardCall.PUNCH_AND_FORGET,
          page);
    } catch (HostError | UserError e) {
      file.close();
      throw e;
    }
  }

  private void prepare() {
    if (!config.common().dump()) {
      mapping.advise(0, mapping.sizeBytes(), Advice.DONTDUMP);
    }
    if (config.common().merge() && config instanceof BackendConfig.Ram && !config.common().share()) {
      adviseIfKnown(Advice.MERGEABLE);
    }
    // Not for a named file: a disk file system that was advised so caches 2 MiB at a time, and keeps all of it for as long
    // as a hole leaves a part. Memory is split.
    if (pageSizeBytes == HostProcess.pageSizeBytes() && !(config instanceof BackendConfig.File)) {
      adviseIfKnown(Advice.HUGEPAGE);
      if (config.common().share() && mapping.sizeBytes() >= LARGE_BYTES) {
        SharedHugePages.logOnce(config.id());
      }
    }
    NodeBinding.bind(mapping, config);
    if (config.common().prealloc()) {
      prealloc();
    }
  }

  private void prealloc() {
    Prealloc prealloc = new Prealloc(System::nanoTime, MachineScope.current()::note);
    try {
      prealloc.all(config.id(), mapping.sizeBytes(), pageSizeBytes, config.common().preallocThreads(), this::populate);
    } catch (HostError e) {
      Optional<String> why = e.errno().equals(Errno.EFAULT) ? lack() : Optional.empty();
      throw why.isPresent() ? new UserError(why.get() + ": " + e.getMessage(), e) : e;
    }
  }

  /** Gives advice that a kernel built without the feature answers with EINVAL. */
  private void adviseIfKnown(Advice advice) {
    try {
      mapping.advise(0, mapping.sizeBytes(), advice);
    } catch (HostError e) {
      if (!e.errno().equals(Errno.EINVAL)) {
        throw e;
      }
    }
  }

  /** {@return what the user asked for} */
  public BackendConfig config() { return config; }

  /** {@return the memory} */
  public HostMapping mapping() { return mapping; }

  /** {@return the size of the pages it is given and taken back in, in bytes: 4 KiB, or that of its huge pages} */
  public long pageSizeBytes() {
    return pageSizeBytes;
  }

  /**
   * Gives a range back to the host; it reads as zeros from now on. Allocates nothing. Of a huge page, only the whole can
   * be given back: what the range does not cover whole is left alone.
   *
   * @param offsetBytes from the start of the memory
   * @param lengthBytes above zero
   * @return how many bytes of it were given back: all but what is a part of a huge page
   * @throws IndexOutOfBoundsException if the range is not all in this memory
   * @throws HostError if the host refuses: locked pages, a sealed file, a file system without holes
   */
  public long discard(long offsetBytes, long lengthBytes) { return discard(offsetBytes, lengthBytes, false); }

  /** The same, for a balloon: traces distinguish them. */
  long discardForBalloon(long offsetBytes, long lengthBytes) {
    return discard(offsetBytes, lengthBytes, true);
  }

  private long discard(long offsetBytes, long lengthBytes, boolean forBalloon) {
    Objects.checkFromIndexSize(offsetBytes, lengthBytes, mapping.sizeBytes());
    long start = (offsetBytes + pageSizeBytes - 1) & -pageSizeBytes;
    long length = ((offsetBytes + lengthBytes) & -pageSizeBytes) - start;
    if (length <= 0) {
      return 0;
    }
    discardCalls.incrementAndGet();
    DiscardTrace trace = DiscardTrace.begin(forBalloon);
    if (trace == null) {
      discard.make(mapping, file, start, length);
      return length;
    }
    String error = "";
    try {
      discard.make(mapping, file, start, length);
      return length;
    } catch (HostError e) {
      error = e.errno().name();
      throw e;
    } finally {
      trace.end(config, discard.label(), 1, start, length, error);
    }
  }

  /**
   * Has the host take memory for a range now, so that the guest's first touch of it cannot fail.
   *
   * @param offsetBytes from the start of the memory, a multiple of the page size
   * @param lengthBytes a multiple of the page size
   * @throws HostError ENOMEM, EFAULT where it has too little
   */
  public void populate(long offsetBytes, long lengthBytes) {
    mapping.populate(offsetBytes, lengthBytes, pageSizeBytes);
  }

  /** Has the host use normal pages only: a transparent huge page would be taken for what is not plugged, too. */
  public void avoidHugePages() {
    adviseIfKnown(Advice.NOHUGEPAGE);
  }

  /**
   * Gives a range back that nobody will touch before it is {@link #release released}: of a huge page, parts add up, and it
   * goes back with the last. Allocates nothing after the first call.
   *
   * @param offsetBytes from the start of the memory, a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero
   * @return whether the host was asked to take anything
   * @throws IndexOutOfBoundsException if the range is not all in this memory
   * @throws HostError if the host refuses
   */
  boolean hold(long offsetBytes, long lengthBytes) {
    Objects.checkFromIndexSize(offsetBytes, lengthBytes, mapping.sizeBytes());
    if (parts.isPresent()) {
      return parts.get().hold(offsetBytes, lengthBytes);
    }
    held.mark(offsetBytes, lengthBytes);
    return discardForBalloon(offsetBytes, lengthBytes) > 0;
  }

  /**
   * Says that a range may be touched again.
   *
   * @param offsetBytes from the start of the memory, a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB, above zero, all of it in this memory
   */
  void release(long offsetBytes, long lengthBytes) { held.release(offsetBytes, lengthBytes); }

  /** Whether parts of its pages add up when they are held, until a whole page is. */
  boolean isHuge() {
    return parts.isPresent();
  }

  /** Says that all of it may be touched again. */
  void releaseAll() { held.clear(); }

  /**
   * How much of a range is held: given back, and not to be touched before it is released.
   *
   * @param offsetBytes from the start of the memory, a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB
   * @return bytes
   */
  long heldBytes(long offsetBytes, long lengthBytes) { return held.bytes(offsetBytes, lengthBytes); }

  /**
   * Passes on what of a range is held and whole pages of its kind: what the host should have.
   *
   * @param offsetBytes from the start of the memory, a multiple of 4 KiB
   * @param lengthBytes a multiple of 4 KiB
   */
  void forEachHeld(long offsetBytes, long lengthBytes, HeldPages.RunTaker taker) {
    held.forEachRun(offsetBytes, lengthBytes, (offset, length) -> {
      long from = offset + pageSizeBytes - 1 & -pageSizeBytes;
      long to = offset + length & -pageSizeBytes;
      if (from < to) {
        taker.run(from, to - from);
      }
    });
  }

  /** Whether a range can be given back while it is hidden. */
  boolean canDiscardHidden() {
    return discard.worksHidden();
  }

  @Override
  public void hide(long offsetBytes, long lengthBytes) { mapping.hide(offsetBytes, lengthBytes); }

  @Override
  public void show(long offsetBytes, long lengthBytes) { mapping.show(offsetBytes, lengthBytes); }

  /** {@return how often the host was asked to take a range back} */
  public long discardCalls() {
    return discardCalls.get();
  }

  /** {@return the file behind it, if there is one} */
  Optional<HostFile> file() { return file; }

  /** {@return the bytes that the file behind it takes on its file system; empty if there is no file} */
  public OptionalLong allocatedBytes() {
    return file.isPresent() ? OptionalLong.of(file.get().allocatedBytes()) : OptionalLong.empty();
  }

  /**
   * Why the host may have no page for a part of it that somebody touched, as far as can be seen now.
   *
   * @return a sentence for people; empty for a kind of memory that never lacks one
   */
  Optional<String> lack() {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String what = "memory backend " + config.id() + ": ";
    long now = file.get().sizeBytes();
    if (now < config.sizeBytes()) {
      return Optional.of(what + "its file has " + ByteSize.describe(now) + " now, less than size="
          + ByteSize.describe(config.sizeBytes()) + "; somebody has cut it short");
    }
    if (pageSizeBytes > HostProcess.pageSizeBytes()) {
      return Optional.of(what + "the host has no free huge page for it (/proc/sys/vm/nr_hugepages); with reserve=on or"
          + " prealloc=on that shows at the start");
    }
    if (config instanceof BackendConfig.File named) {
      return Optional.of(noRoom(named));
    }
    return Optional.empty();
  }

  /** {@return how many bytes of it the host holds in memory} */
  public long residentBytes() {
    return mapping.residentBytes();
  }

  @Override
  public void close() {
    held.close();
    mapping.close();
    file.ifPresent(HostFile::close);
    MemoryTrace.backendUnmapped(config);
  }
}
