package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.ballastvm.vmm.look.CpuState;
import org.ballastvm.vmm.machine.Machine;

/** {@code info registers [-a|CPU]} */
final class InfoRegisters implements Command {
  @Override
  public List<String> names() { return List.of("registers"); }

  @Override
  public String parameters() { return "[-a|vcpu]"; }

  @Override
  public String help() {
    return "show the cpu registers (-a: show register info for all cpus; vcpu: specific vCPU to query; "
        + "show the current CPU's registers if no argument is specified)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean all = arguments.flag('a');
    OptionalLong one = arguments.optionalNumber();
    arguments.end();
    if (all) {
      return LongStream.range(0, vm.vcpus().size()).mapToObj(cpu -> show(vm, cpu)).collect(Collectors.joining());
    }
    return show(vm, one.orElse(0));
  }

  private static String show(Machine vm, long cpu) {
    if (cpu < 0 || cpu >= vm.vcpus().size()) {
      return "CPU#" + cpu + " not available\n";
    }
    return "\nCPU#" + cpu + "\n" + RegisterText.of(CpuState.of(vm, (int) cpu));
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? CpuWords.with(vm, "-a") : List.of();
  }
}
