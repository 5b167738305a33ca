package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kicks at any time, from several threads, while a guest runs. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("kvm")
class KickStormTest {
  private static final int EXITS = 100_000;
  private static final int KICKERS = 4;
  private static final int EXITS_BETWEEN_STORMS = 20;

  private final Semaphore kicks = new Semaphore(0);
  private final List<Thread> kickers = new ArrayList<>();
  private volatile boolean over;

  private Kvm kvm;
  private PayloadVm vm;

  @BeforeEach
  void open() {
    kvm = Kvm.open();
    vm = new PayloadVm(kvm);
  }

  @AfterEach
  void close() {
    if (vm != null) {
      vm.close();
      kvm.close();
    }
  }

  @Test
  void aStormOfKicksLosesNoExitAndRepeatsNone() throws Exception {
    // xor ebx, ebx; then: mov eax, ebx; out 0x10, eax; inc ebx; jmp back
    vm.load("31db 89d8 e710 ffc3 ebf8");
    vm.vcpu.bindToCurrentThread();
    startKickers();
    int interruptions = 0;

    for (int expected = 0; expected < EXITS;) {
      switch (vm.vcpu.run()) {
        case Exit.Pio exit -> {
          assertEquals(expected++, exit.data(0));
          allowKicks(expected);
        }
        case Exit other -> {
          assertSame(Exit.Simple.INTERRUPTED, other);
          interruptions++;
          vm.vcpu.clearKick();
        }
      }
    }

    endKickers();
    assertTrue(interruptions > 0, "no kick came through");
    assertNothingIsLeft();
  }

  @Test
  void readsAreAnsweredOnceUnderAStormOfKicks() throws Exception {
    // in eax, 0x10; out 0x11, eax; jmp back
    vm.load("e510 e711 ebfa");
    vm.vcpu.bindToCurrentThread();
    startKickers();
    int asked = 0;

    for (int seen = 0; seen < EXITS / 10;) {
      switch (vm.vcpu.run()) {
        case Exit.Pio exit when exit.isWrite() -> {
          assertEquals(++seen, exit.data(0));
          allowKicks(seen);
        }
        case Exit.Pio exit -> exit.setData(0, ++asked);
        case Exit other -> {
          assertSame(Exit.Simple.INTERRUPTED, other);
          vm.vcpu.clearKick();
        }
      }
    }

    endKickers();
    assertEquals(EXITS / 10, asked);
  }

  @Test
  void aKickBeforeTheRunIsNotLost() {
    vm.load("ebfe"); // jmp $
    vm.vcpu.bindToCurrentThread();

    vm.vcpu.kick();

    assertSame(Exit.Simple.INTERRUPTED, vm.vcpu.run());
    assertSame(Exit.Simple.INTERRUPTED, vm.vcpu.run(), "it stands until it is cleared");
  }

  @Test
  void aKickOfAVcpuThatIsClosedOrWhoseThreadHasEndedIsHarmless() throws InterruptedException {
    vm.load("e610"); // out 0x10, al
    Thread runner = new Thread(() -> {
      vm.vcpu.bindToCurrentThread();
      vm.vcpu.run();
    });
    runner.start();
    runner.join();

    vm.vcpu.kick();
    vm.vcpu.close();
    vm.vcpu.kick();
    vm.vcpu.clearKick();

    assertFalse(Thread.currentThread().isInterrupted());
  }

  private void startKickers() {
    for (int i = 0; i < KICKERS; i++) {
      Thread kicker = new Thread(() -> {
        for (kicks.acquireUninterruptibly(); !over; kicks.acquireUninterruptibly()) {
          vm.vcpu.kick();
        }
      }, "kicker " + i);
      kicker.start();
      kickers.add(kicker);
    }
  }

  /** Without a limit, a kick would come before each entry, and the guest would get nowhere. */
  private void allowKicks(int exits) {
    if (exits % EXITS_BETWEEN_STORMS == 0) {
      kicks.release(KICKERS);
    }
  }

  private void endKickers() throws InterruptedException {
    over = true;
    kicks.release(KICKERS);
    for (Thread kicker : kickers) {
      kicker.join();
    }
  }

  /** No signal waits for the vCPU's thread, and the guest runs on. */
  private void assertNothingIsLeft() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/task/" + vm.vcpu.threadId() + "/status"))) {
      if (line.startsWith("SigPnd:") || line.startsWith("ShdPnd:")) {
        assertEquals(0, Long.parseUnsignedLong(line.substring(7).strip(), 16), line);
      }
    }
    vm.vcpu.clearKick();
    for (int i = 0; i < 1000; i++) {
      assertSame(Exit.Pio.class, vm.vcpu.run().getClass());
    }
  }
}
