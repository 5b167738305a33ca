package org.ballastvm.testkit.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.IoVectors;
import org.ballastvm.vmm.block.BlockBackends;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.config.ImageConfig;
import org.ballastvm.vmm.config.ImageConfig.Aio;

/** Requests of a driver to a disk, by threads and by io_uring, beside the bare system calls of one thread. */
final class DiskBenchmark {
  private static final long SEED = 18;
  private static final int SMALL = 4096;
  private static final int LARGE = 1 << 20;

  /**
   * What a driver asks for.
   *
   * @param title for people
   * @param type as virtio has it
   * @param lengthBytes of each request
   * @param depth how many at a time
   * @param random whether they are all over the disk; one behind the other otherwise
   * @param direct whether the host's page cache is passed by
   */
  record Load(String title, int type, int lengthBytes, int depth, boolean random, boolean direct) {}

  static final List<Load> LOADS = List.of(
      new Load("4 KiB random reads, one at a time, cached", DiskDriver.IN, SMALL, 1, true, false),
      new Load("4 KiB random reads, 32 at a time, cached", DiskDriver.IN, SMALL, 32, true, false),
      new Load("4 KiB random reads, one at a time, O_DIRECT", DiskDriver.IN, SMALL, 1, true, true),
      new Load("4 KiB random reads, 32 at a time, O_DIRECT", DiskDriver.IN, SMALL, 32, true, true),
      new Load("4 KiB random writes, 32 at a time, cached", DiskDriver.OUT, SMALL, 32, true, false),
      new Load("4 KiB random writes, 32 at a time, O_DIRECT", DiskDriver.OUT, SMALL, 32, true, true),
      new Load("1 MiB reads in order, 4 at a time, cached", DiskDriver.IN, LARGE, 4, false, false),
      new Load("1 MiB writes in order, 4 at a time, O_DIRECT", DiskDriver.OUT, LARGE, 4, false, true));

  /**
   * How often per second.
   *
   * @param load what
   * @param by threads and by io_uring
   * @param bare the bare calls
   */
  record Rate(Load load, Map<Aio, Double> by, double bare) {}

  private DiskBenchmark() {}

  /** Measures each load so many times by each, by turns, on a file of so many bytes. */
  static Rate run(Load load, int runs, int count, long fileBytes, Path directory) throws IOException {
    Path file = directory.resolve("disk");
    try (DiskFile bare = make(file, fileBytes, load.direct())) {
      long[] offsets = offsets(load, count, fileBytes);
      Map<Aio, Samples> by = new EnumMap<>(Aio.class);
      Samples calls = new Samples();
      for (int i = 0; i < runs; i++) {
        calls.add(bare(bare, load, offsets));
        for (Aio aio : Aio.values()) {
          by.computeIfAbsent(aio, kind -> new Samples()).add(driven(file, aio, load, offsets));
        }
      }
      Map<Aio, Double> rates = new EnumMap<>(Aio.class);
      by.forEach((aio, samples) -> rates.put(aio, count * 1e9 / samples.median()));
      return new Rate(load, rates, count * 1e9 / calls.median());
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static DiskFile make(Path file, long fileBytes, boolean direct) throws IOException {
    byte[] some = new byte[LARGE];
    new Random(SEED).nextBytes(some);
    try (var out = Files.newOutputStream(file)) {
      for (long done = 0; done < fileBytes; done += some.length) {
        out.write(some);
      }
    }
    DiskFile opened = DiskFile.open(file, false, direct);
    opened.sync();
    return opened;
  }

  private static long[] offsets(Load load, int count, long fileBytes) {
    Random random = new Random(SEED);
    long[] offsets = new long[count];
    long places = fileBytes / load.lengthBytes();
    for (int i = 0; i < count; i++) {
      offsets[i] = (load.random() ? random.nextLong(places) : i % places) * load.lengthBytes();
    }
    return offsets;
  }

  private static long driven(Path file, Aio aio, Load load, long[] offsets) {
    ImageConfig usual = ImageConfig.of(file).by(aio);
    ImageConfig image = new ImageConfig(usual.file(), false, false, load.direct(), false, aio, false, usual.locking(),
        false, false);
    try (BlockBackends backends = new BlockBackends()) {
      backends.addDrive(new DriveConfig("d", Optional.empty(), image, DriveConfig.Use.DEFAULTS, false));
      try (DiskDriver driver = new DiskDriver(backends.claim("d", true))) {
        driver.nanos(load.type(), offsets, load.lengthBytes(), load.depth()); // All of its code is compiled by then.
        return driver.nanos(load.type(), offsets, load.lengthBytes(), load.depth());
      }
    }
  }

  private static long bare(DiskFile file, Load load, long[] offsets) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(load.lengthBytes(), SMALL);
      IoVectors one = new IoVectors(1);
      one.add(memory);
      long start = System.nanoTime();
      for (long offset : offsets) {
        long moved = load.type() == DiskDriver.IN ? file.read(one, offset, false) : file.write(one, offset, false);
        if (moved != load.lengthBytes()) {
          throw new IllegalStateException("the host moved " + moved + " bytes of " + load.lengthBytes());
        }
      }
      return System.nanoTime() - start;
    }
  }

  static final String HEADING = """
      | Requests | threads, per second | io_uring, per second | bare calls of one thread, per second |
      |---|---:|---:|---:|
      """;

  static String row(Rate rate) {
    return String.format("| %s | %,.0f | %,.0f | %,.0f |%n", rate.load.title(), rate.by.get(Aio.THREADS),
        rate.by.get(Aio.IO_URING), rate.bare);
  }
}
