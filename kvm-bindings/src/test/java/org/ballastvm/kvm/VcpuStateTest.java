package org.ballastvm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a monitor reads of a processor, and the one interrupt that it gives. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("kvm")
class VcpuStateTest {
  private static final FloatingPoint.Wide NOTHING = new FloatingPoint.Wide(0, 0);

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
  void registersThatNoProgramHasTouchedAreAsAfterAReset() {
    vm.vcpu.registers().setFpu(0x37f, 0x1f80);

    FloatingPoint floating = vm.vcpu.registers().getFpu();
    assertEquals(0x37f, floating.controlWord());
    assertEquals(0x1f80, floating.mxcsr());
    assertEquals(0, floating.tags());
    assertEquals(Collections.nCopies(8, NOTHING), floating.stack());
    assertEquals(Collections.nCopies(16, NOTHING), floating.vectors());
    assertEquals(new DebugRegisters(0, 0, 0, 0, 0xffff_0ff0L, 0x400), vm.vcpu.registers().getDebug());
    assertSame(MpState.RUNNABLE, vm.vcpu.registers().getMpState());
  }

  @Test
  void anNmiReachesItsHandlerAlsoWhereInterruptsAreOff() {
    // out 0x10, al; jmp $      handler: out 0x11, al; hlt
    vm.loadWithHandler("e610 ebfe", 2, "e611 f4");
    assertEquals(0x10, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());

    vm.vcpu.injectNmi();

    assertEquals(0x11, assertInstanceOf(Exit.Pio.class, vm.vcpu.run()).port());
  }

  @Test
  void theIoApicMasksEveryPinAtFirst() {
    IoApic chip = vm.vm.chips().getIoApic();
    assertEquals(24, chip.redirections().size());
    chip.redirections().forEach(entry -> assertEquals(1L << 16, entry));
    assertEquals(0, chip.requests());
  }
}
