package org.ballastvm.vmm.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.ballastvm.kvm.Exit;
import org.ballastvm.kvm.FakeKvm;
import org.ballastvm.kvm.KvmCap;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryWatch;
import org.ballastvm.vmm.control.QueryWatch.RegisterInfo;
import org.ballastvm.vmm.control.QueryWatch.WatchInfo;
import org.ballastvm.vmm.control.WatchAddress;
import org.ballastvm.vmm.cpu.HostCpu;
import org.ballastvm.vmm.loop.Await;
import org.ballastvm.vmm.state.RunState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user watches an address, and processors meet it that a test plays. */
@Timeout(60)
class WatchedAddressTest {
  private static final long ADDRESS = 0xffff_ffff_8200_0040L;
  private static final int DB = 1;

  private FakeKvm kvm;
  private Machine vm;

  @BeforeEach
  void start() {
    kvm = FakeKvm.begin(HostCpu.MILAN.supported()).has(KvmCap.SET_GUEST_DEBUG, 1);
    vm = TestMachine.idle();
    vm.resume();
  }

  @AfterEach
  void end() {
    vm.close();
    kvm.close();
  }

  private void watch(Optional<Long> address, long size) {
    vm.onLoop(() -> new WatchAddress().run(vm,
        new WatchAddress.Wanted(address, Optional.of(size), Optional.empty())));
  }

  private WatchInfo look() {
    WatchInfo[] info = new WatchInfo[1];
    vm.onLoop(() -> info[0] = new QueryWatch().run(vm, NoArguments.NONE));
    return info[0];
  }

  /** Processor 1 stops behind an instruction by which one of the debug registers matched. */
  private void meet(long matched) {
    vm.debug().met(vm.vcpus().get(1), new Exit.Debug(DB, 0x1234, matched));
  }

  @Test
  void whoWritesToItStopsTheGuestAndIsNamed() {
    watch(Optional.of(ADDRESS + 4), 12);
    assertTrue(kvm.asked().contains("KVM_SET_GUEST_DEBUG vCPU 1"));
    assertEquals(new WatchInfo(
        List.of(new RegisterInfo(ADDRESS + 4, 4, false), new RegisterInfo(ADDRESS + 8, 8, false)), Optional.empty()),
        look());
    meet(2);
    Await.until(() -> vm.state() == RunState.DEBUG);
    QueryWatch.HitInfo hit = look().hit().orElseThrow();
    assertEquals(1, hit.cpuIndex());
    assertEquals(ADDRESS + 8, hit.address());
    assertEquals(Optional.empty(), hit.task(), "no Linux runs");
    vm.resume();
    assertEquals(Optional.empty(), look().hit());
  }

  @Test
  void nobodyStopsForWhatIsWatchedNoMore() {
    watch(Optional.of(ADDRESS), 8);
    watch(Optional.empty(), 8);
    meet(1);
    assertEquals(List.of(), look().watches());
    assertEquals(RunState.RUNNING, vm.state());
  }

  @Test
  void aDebuggerThatIsThereHasTheRegisters() {
    vm.onLoop(() -> vm.debug().client(true));
    assertTrue(assertThrows(UserError.class, () -> watch(Optional.of(ADDRESS), 8)).getMessage()
        .contains("GDB is connected"));
    vm.onLoop(() -> vm.debug().client(false));
    watch(Optional.of(ADDRESS), 8);
    assertEquals(1, look().watches().size());
  }
}
