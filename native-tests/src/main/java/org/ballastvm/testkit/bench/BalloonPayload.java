package org.ballastvm.testkit.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ballastvm.kvm.Epoll;
import org.ballastvm.kvm.EventFd;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.GsiRoute;
import org.ballastvm.kvm.IoAddress;
import org.ballastvm.kvm.Kvm;
import org.ballastvm.kvm.KvmVm;
import org.ballastvm.kvm.Vcpu;

/**
 * A guest under KVM whose few instructions are a balloon's driver: it makes a list of 256 pages, offers it, rings, sleeps
 * until its interrupt, and looks at the used ring. The device is woken by an ioeventfd and interrupts by an irqfd.
 */
final class BalloonPayload implements AutoCloseable {
  /** Where there is never memory. */
  private static final long DOORBELL_ADDRESS = 0xd000_1000L;
  private static final long PARAMETERS = 0x6000;
  private static final long NUMBERS = 0x40_0000;
  private static final int TOKEN = 1;

  /**
   * Addresses are those of {@link BalloonRing}: descriptors at 0x200000, available ring at 0x210000, used ring at 0x220000,
   * the list at 0x240000.
   *
   * <pre>
   *        mov rsi, [0x6000]; mov r9d, [0x6008]; xor r12d, r12d   numbers, how many lists, how many offered
   * next:  mov ecx, 128; mov edi, 0x240000; rep movsq             256 numbers
   *        mov edi, 0x200000; mov qword [rdi], 0x240000; mov qword [rdi+8], 0x400
   *        mov eax, r12d; and eax, 127; mov word [rax*2+0x210004], 0
   *        inc r12d; mov [0x210002], r12w
   *        mov eax, DOORBELL_ADDRESS; mov dword [rax], 0
   * wait:  cmp [0x220002], r12w; je used; sti; hlt; cli; jmp wait
   * used:  dec r9d; jnz next; out 0x10, al
   * </pre>
   *
   * The handler skips the {@code hlt} if it comes before it, as it may in the rig: see {@link GuestLoop}.
   *
   * <pre>
   *        cmp dword [rsp], SLEEP; jne end; inc dword [rsp]; end:
   * </pre>
   */
  private static final String DRIVER = """
      488b342500600000 448b0c2508600000 4531e4
      b980000000 bf00002400 f348a5
      bf00002000 48c70700002400 48c7470800040000
      4489e0 83e07f 66c7044504002100 0000
      41ffc4 664489242502002100
      b8001000d0 c70000000000
      664439242502002200 7405 fb f4 fa ebf0
      41ffc9 75a3 e610
      """.replaceAll("\\s", "");
  private static final long SLEEP = GuestLoop.CODE + DRIVER.indexOf("fbf4") / 2 + 1;
  private static final String HANDLER = "813c24" + HexFormat.of().toHexDigits(Integer.reverseBytes((int) SLEEP))
      + "7503 ff0424";

  private final Kvm kvm = Kvm.open();
  private final KvmVm vm = kvm.createVm();
  private final Vcpu vcpu;
  private final EventFd doorbell = EventFd.create();
  private final EventFd interrupt = EventFd.create();
  private final BalloonGuest guest;

  /** Gives such a driver to a guest. */
  BalloonPayload(BalloonGuest guest) {
    this.guest = guest;
    vm.createIrqChip();
    GuestLoop.load(guest.ram().view(0, GuestLoop.MEMORY_BYTES), DRIVER, HANDLER);
    guest.ram().attach(vm);
    vcpu = vm.createVcpu(0);
    vcpu.setCpuid(kvm.supportedCpuid());
    LoopVm.enterLongMode(vcpu);
    vm.assignIoeventfd(doorbell, new IoAddress(false, DOORBELL_ADDRESS, 4));
    vm.setGsiRouting(List.of(new GsiRoute.Msi(GuestLoop.GSI, GuestLoop.LAPIC, GuestLoop.VECTOR)));
    vm.assignIrqfd(interrupt, GuestLoop.GSI);
    guest.onInterrupt(interrupt::signal);
  }

  /** Has the guest inflate its balloon by these pages. Returns how long that took, in nanoseconds. */
  long inflateNanos(int[] pages) {
    MemorySegment numbers = guest.ram().view(NUMBERS, pages.length * (long) Integer.BYTES);
    for (int i = 0; i < pages.length; i++) {
      numbers.setAtIndex(ValueLayout.JAVA_INT, i, BalloonPages.pageNumber(BalloonPages.FIRST + pages[i]));
    }
    guest.ram().putLong(PARAMETERS, NUMBERS);
    guest.ram().putInt(PARAMETERS + 8, pages.length / BalloonPages.PER_CHAIN);
    guest.setTarget(pages.length);
    try (Epoll epoll = Epoll.create()) {
      epoll.add(doorbell, Epoll.IN, TOKEN);
      long start = System.nanoTime();
      serveUntilDone(epoll);
      return System.nanoTime() - start + guest.setActual(pages.length);
    }
  }

  private void serveUntilDone(Epoll epoll) {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> driver = new CompletableFuture<>();
    Thread.ofPlatform().name("driver").start(() -> {
      try {
        runDriver();
        driver.complete(null);
      } catch (RuntimeException | Error e) {
        driver.completeExceptionally(e);
      } finally {
        done.set(true);
        doorbell.signal();
      }
    });
    while (!done.get()) {
      int ready = epoll.await(-1);
      for (int i = 0; i < ready; i++) {
        doorbell.drain();
        guest.inflateRung();
      }
    }
    driver.join();
  }

  private void runDriver() {
    vcpu.bindToCurrentThread();
    Exit exit = vcpu.run();
    while (exit == Exit.Simple.INTERRUPTED) {
      exit = vcpu.run();
    }
    if (!(exit instanceof Exit.Pio)) {
      throw new IllegalStateException("the driver ended: " + exit);
    }
  }

  @Override
  public void close() {
    vcpu.close();
    vm.close();
    kvm.close();
    doorbell.close();
    interrupt.close();
  }
}
