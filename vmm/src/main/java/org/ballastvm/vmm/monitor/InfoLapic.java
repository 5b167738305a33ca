package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.OptionalLong;
import org.ballastvm.kvm.Vcpu;
import org.ballastvm.vmm.machine.Machine;

/** {@code info lapic [APIC-ID]} */
final class InfoLapic implements Command {
  private static final int ID = 0x20;
  private static final int ID_SHIFT = 24;

  @Override
  public List<String> names() { return List.of("lapic"); }

  @Override
  public String parameters() { return "[apic-id]"; }

  @Override
  public String help() {
    return "show local apic state (apic-id: local apic to read, default is which of current CPU)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    OptionalLong id = arguments.optionalNumber();
    arguments.end();
    StringBuilder text = new StringBuilder();
    vm.whileVcpusAreOut(() -> {
      for (int i = 0; i < vm.vcpus().size() && text.isEmpty(); i++) {
        Vcpu vcpu = vm.vcpus().get(i).vcpu();
        if (id.isEmpty() || vcpu.registers().getLapicRegister(ID) >>> ID_SHIFT == id.getAsLong()) {
          text.append(LapicText.of(i, vcpu.registers()::getLapicRegister));
        }
      }
    });
    return text.isEmpty() ? "No CPU available\n" : text.toString();
  }
}
