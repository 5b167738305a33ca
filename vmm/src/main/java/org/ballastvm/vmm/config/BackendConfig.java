package org.ballastvm.vmm.config;

import java.nio.file.Path;
import java.util.OptionalLong;

/** {@code -object memory-backend-*}: where memory of a guest comes from. */
public sealed interface BackendConfig extends ObjectConfig {
  /** {@return the id that {@code -machine memory-backend=}, {@code -numa} and {@code -device} name} */
  @Override
  String id();

  @Override
  default void visit(Visitor visitor) { visitor.memory(this); }

  /** {@return the size in bytes} */
  long sizeBytes();

  /**
   * Does what its kind asks for. A virtual call, as {@link BootConfig#accept}.
   *
   * @param <T> what comes of it
   * @param cases one for each kind
   * @return what comes of it
   */
  <T> T accept(Cases<T> cases);

  /**
   * What is done with each kind.
   *
   * @param <T> what comes of it
   */
  interface Cases<T> {
    /**
     * Anonymous memory.
     *
     * @param ram which
     * @return what comes of it
     */
    T ram(Ram ram);

    /**
     * An anonymous file.
     *
     * @param memfd which
     * @return what comes of it
     */
    T memfd(Memfd memfd);

    /**
     * A file.
     *
     * @param file which
     * @return what comes of it
     */
    T file(File file);
  }

  /** {@return what all kinds have} */
  Common common();

  /**
   * What all kinds have.
   *
   * @param share changes are visible to others that map the same memory
   * @param prealloc every page is allocated before the guest starts
   * @param reserve the host reserves swap for it (no MAP_NORESERVE)
   * @param merge the host may merge equal pages (MADV_MERGEABLE)
   * @param dump it is part of a core dump (otherwise MADV_DONTDUMP)
   * @param hostNodes which of the host's nodes it comes from
   * @param preallocThreads how many threads allocate pages, above zero
   */
  record Common(boolean share, boolean prealloc, boolean reserve, boolean merge, boolean dump, HostNodes hostNodes,
      int preallocThreads) {
    /** The most threads there can be, as in QEMU. */
    public static final int MOST_PREALLOC_THREADS = 16;

    /** Memory from wherever the host likes, preallocated by one thread if it is to be. */
    public Common(boolean share, boolean prealloc, boolean reserve, boolean merge, boolean dump) {
      this(share, prealloc, reserve, merge, dump, HostNodes.ANY, 1);
    }

    /** QEMU's defaults for private memory. */
    public static final Common DEFAULTS = new Common(false, false, true, true, true);
    /** The same of memory that is shared. */
    public static final Common SHARED = new Common(true, false, true, true, true);
  }

  /**
   * {@code memory-backend-ram}: anonymous memory.
   *
   * @param id its id
   * @param sizeBytes its size in bytes
   * @param common what all kinds have
   */
  record Ram(String id, long sizeBytes, Common common) implements BackendConfig {
    @Override
    public String qomType() { return "memory-backend-ram"; }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.ram(this); }
  }

  /**
   * {@code memory-backend-memfd}: an anonymous file.
   *
   * @param id its id
   * @param sizeBytes its size in bytes
   * @param common what all kinds have; {@code share} is on by default for this kind
   * @param hugetlb on huge pages
   * @param hugePageBytes size of the huge pages in bytes; the host's default when empty
   */
  record Memfd(String id, long sizeBytes, Common common, boolean hugetlb, OptionalLong hugePageBytes)
      implements
        BackendConfig {
    @Override
    public String qomType() { return "memory-backend-memfd"; }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.memfd(this); }

    /** Checks the size of the huge pages. */
    public Memfd {
      if (hugePageBytes.isPresent() && !hugetlb) {
        throw new UserError("-object memory-backend-memfd,id=" + id + ",hugetlbsize="
            + ByteSize.describe(hugePageBytes.getAsLong()) + ": is for huge pages; add hugetlb=on, or leave it out");
      }
      if (hugePageBytes.isPresent() && Long.bitCount(hugePageBytes.getAsLong()) != 1) {
        throw new UserError("-object memory-backend-memfd,id=" + id + ",hugetlbsize="
            + ByteSize.describe(hugePageBytes.getAsLong()) + ": must be a power of two, such as 2M or 1G");
      }
    }
  }

  /**
   * {@code memory-backend-file}: a file, or a file in a directory (which may be on hugetlbfs).
   *
   * @param id its id
   * @param sizeBytes its size in bytes
   * @param common what all kinds have
   * @param path {@code mem-path}
   */
  record File(String id, long sizeBytes, Common common, Path path) implements BackendConfig {
    @Override
    public String qomType() { return "memory-backend-file"; }

    @Override
    public <T> T accept(Cases<T> cases) { return cases.file(this); }
  }
}
