package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QueryVirtioStatus;
import org.ballastvm.vmm.control.QueryVirtioStatus.VirtioStatus;
import org.ballastvm.vmm.control.VirtioWords;
import org.ballastvm.vmm.machine.Machine;

/** {@code info virtio-status PATH} */
final class InfoVirtioStatus implements Command {
  @Override
  public List<String> names() { return List.of("virtio-status"); }

  @Override
  public String parameters() { return "path"; }

  @Override
  public String help() { return "Display status of a given virtio device"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String path = arguments.word();
    arguments.end();
    VirtioStatus status = new QueryVirtioStatus().run(vm, new QueryVirtioStatus.Path(path));
    StringBuilder text = new StringBuilder(path + ":\n" + """
          device_name:             %s\s
          device_id:               %d
          vhost_started:           %b
          bus_name:                %s
          broken:                  %b
          disabled:                %b
          disable_legacy_check:    %b
          started:                 %b
          use_started:             %b
          start_on_kick:           %b
          use_guest_notifier_mask: %b
          vm_running:              %b
          num_vqs:                 %d
          queue_sel:               %d
          isr:                     %d
          endianness:              %s
        """.formatted(status.name(), status.deviceId(), status.vhostStarted(),
        status.busName().isEmpty() ? "(null)" : status.busName(), status.broken(), status.disabled(),
        status.disableLegacyCheck(), status.started(), status.useStarted(), status.startOnKick(),
        status.useGuestNotifierMask(), status.vmRunning(), status.numVqs(), status.queueSel(), status.isr(),
        status.deviceEndian()));
    text.append("  status:\n").append(lines(status.status().statuses()));
    status.status().unknownStatuses().ifPresent(bits -> text.append("  unknown-statuses(0x%016x)\n".formatted(bits)));
    return text.append("  Guest features:\n").append(features(status.guestFeatures())).append("  Host features:\n")
        .append(features(status.hostFeatures())).append("  Backend features:\n")
        .append(features(status.backendFeatures())).toString();
  }

  private static String features(VirtioWords.Features features) {
    return lines(features.transports()) + (features.devFeatures().isEmpty() ? "" : lines(features.devFeatures()))
        + features.unknownDevFeatures().map("  unknown-features(0x%016x)\n"::formatted).orElse("");
  }

  private static String lines(List<String> words) {
    return words.isEmpty() ? "\n" : "\t" + String.join(",\n\t", words) + "\n";
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? VirtioPaths.of(vm) : List.of();
  }
}
