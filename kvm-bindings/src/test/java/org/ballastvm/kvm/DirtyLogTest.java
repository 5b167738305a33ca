package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A guest writes to pages, and KVM reports which. */
@Tag("kvm")
class DirtyLogTest {
  private static final long PAGES = 512;

  private Kvm kvm;
  private PayloadVm vm;
  private DirtyLog log;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = new PayloadVm(kvm);
    log = new DirtyLog(vm.memory.sizeBytes());
    vm.vm.keepDirtyLogs();
  }

  @AfterEach
  void close() {
    if (vm != null) {
      log.close();
      vm.close();
      kvm.close();
    }
  }

  @Test
  void whatWasWrittenIsNotedFromTheFirstTimeOnAndStaysNoted() {
    // mov byte [0x101800], 1 (its own page + 1); out 0x10, al; mov byte [0x140000], 1; out 0x10, al; hlt
    vm.load("c604250018100001 e610 c604250000140001 e610 f4");
    run();
    watch(true);

    run();

    assertEquals(1L << 0x140 % 64, read(0x140));
    assertEquals(0, read(0x101), "written before");
    assertEquals(1L << 0x140 % 64, read(0x140), "to read it changes nothing");
  }

  @Test
  void aPageThatTheGuestHadWrittenBeforeIsNotedWhenItWritesAgain() {
    // inc dword [0x140000]; out 0x10, al; jmp back
    vm.load("ff042500001400 e610 ebf5");
    run();
    run();
    watch(true);
    assertEquals(0, read(0x140));

    run();

    assertEquals(1L << 0x140 % 64, read(0x140));
  }

  @Test
  void aFreshWatchBeginsEmptyAndWithoutOneThereIsNoLog() {
    vm.load("ff042500001400 e610 ebf5");
    watch(true);
    run();
    watch(false);
    assertEquals(Errno.ENOENT, assertThrows(HostError.class, () -> vm.vm.getDirtyLog(0, log)).errno());

    watch(true);

    assertEquals(0, read(0x140));
    assertEquals(PAGES / 64, log.wordCount());
  }

  @Test
  void readingAllocatesNothing() {
    watch(true);

    assertEquals(0, Allocation.least(() -> vm.vm.getDirtyLog(0, log)));
  }

  private void run() { assertInstanceOf(Exit.Pio.class, vm.vcpu.run()); }

  private void watch(boolean on) { vm.vm.logDirtyPages(0, 0, vm.memory, 0, vm.memory.sizeBytes(), on); }

  private long read(int page) {
    vm.vm.getDirtyLog(0, log);
    return log.word(page / 64) & (1L << page % 64);
  }
}
