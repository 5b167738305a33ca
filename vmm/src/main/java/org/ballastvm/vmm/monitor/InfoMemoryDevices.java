package org.ballastvm.vmm.monitor;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryMemoryDevices;
import org.ballastvm.vmm.devices.MemoryDeviceInfo;
import org.ballastvm.vmm.devices.OstStatus;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.diagnosis.MemoryRequest;

/** {@code info memory-devices} */
final class InfoMemoryDevices implements Command {
  @Override
  public List<String> names() { return List.of("memory-devices"); }

  @Override
  public String parameters() { return "[-v]"; }

  @Override
  public String help() {
    return "show memory devices (-v: show also what the guest was asked to do with them, and what became of it)";
  }

  @Override
  public String run(Machine vm, Arguments arguments) {
    boolean verbose = arguments.flag('v');
    arguments.end();
    List<MemoryDeviceInfo> devices = new QueryMemoryDevices().run(vm, NoArguments.NONE);
    List<MemoryRequest> requests = vm.memoryRequests().all(); // of the same devices, in the same order
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < devices.size(); i++) {
      text.append(devices.get(i).text());
      if (verbose) {
        text.append(RequestText.of(requests.get(i)));
        if (devices.get(i) instanceof MemoryDeviceInfo.Dimm dimm) {
          text.append(lastReported(vm, dimm.slot()));
        }
      }
    }
    return text.toString();
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? List.of("-v") : List.of();
  }

  private static String lastReported(Machine vm, int slot) {
    Optional<MachineEvent.OspmStatus> reported = vm.devices().dimms().reported(slot);
    return "  last _OST: " + reported.map(last -> OstStatus.event(last.source()) + ": " + OstStatus.words(last.status())
        + String.format(" (0x%x, 0x%x)", last.source(), last.status())).orElse("none") + "\n";
  }
}
