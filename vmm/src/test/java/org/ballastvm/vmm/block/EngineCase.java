package org.ballastvm.vmm.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.ballastvm.kvm.DiskFile;
import org.ballastvm.kvm.Errno;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.HostError;
import org.ballastvm.kvm.KernelRing;
import org.ballastvm.virtio.blk.BlkConfig;
import org.ballastvm.vmm.config.DriveConfig;
import org.ballastvm.vmm.loop.LoopTimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

/** A guest with a disk, whose requests are done by an engine of some kind on a host that may fail. */
abstract class EngineCase {
  static final int DISK = 8 << 20;
  static final long DATA = DiskGuest.DATA;

  @TempDir
  Path scratch;

  final DiskGuest guest = new DiskGuest();
  final DiskWorkers workers = new DiskWorkers("test", Throwable::printStackTrace);
  final List<String> failures = new CopyOnWriteArrayList<>();
  final Faults faults = new Faults();
  Storage storage;
  Engine engine;
  DriveDisk disk;

  /** Who does the requests. */
  enum Kind {
    THREADS {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return new ThreadedEngine(storage, guest.ram, workers);
      }
    },
    RING {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return ring(raw, faults, guest, workers, HeardRing.ENTRIES);
      }
    },
    /** One that is full at once. */
    RING_OF_TWO {
      @Override
      Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers) {
        return ring(raw, faults, guest, workers, 2);
      }
    };

    abstract Engine make(RawStorage raw, Storage storage, Faults faults, DiskGuest guest, DiskWorkers workers);

    private static Engine ring(RawStorage raw, Faults faults, DiskGuest guest, DiskWorkers workers, int entries) {
      EventFd answered = EventFd.create();
      try {
        return new RingEngine(raw, guest.ram, workers,
            new HeardRing(faults.of(KernelRing.open(entries, answered)), answered, entries), guest.listener);
      } catch (HostError e) {
        answered.close();
        boolean refused = e.errno().equals(Errno.ENOSYS) || e.errno().equals(Errno.EPERM); // kernel.io_uring_disabled
        if (System.getenv("CI") != null && !refused) {
          throw e;
        }
        return Assumptions.abort("skipped: this host has no io_uring: " + e.getMessage());
      }
    }
  }

  void plug(Kind kind, RawStorage on, DriveConfig.Use use) {
    storage = faults.of(on);
    engine = kind.make(on, storage, faults, guest, workers);
    LoopTimer timer = new LoopTimer(guest.listener, () -> disk.alarm());
    disk = new DriveDisk(storage, engine, false, use,
        (request, action, why) -> failures.add(request + " " + action + " " + why.name()), timer::once);
    guest.plug(BlkConfig.DEFAULTS, disk);
  }

  Path file(int sizeBytes) throws IOException { return Files.write(scratch.resolve("disk"), new byte[sizeBytes]); }

  void plug(Kind kind) throws IOException {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), false, false), false, true), DriveConfig.Use.DEFAULTS);
  }

  @AfterEach
  void close() {
    if (engine != null) {
      guest.function.detach();
      engine.close();
    }
    guest.close();
    workers.close();
    storage.close();
  }

  void plug(Kind kind, DriveConfig.Use use) throws IOException {
    plug(kind, new RawStorage(DiskFile.open(file(DISK), false, false), false, true), use);
  }
}
