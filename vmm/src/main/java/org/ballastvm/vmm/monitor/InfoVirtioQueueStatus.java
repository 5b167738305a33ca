package org.ballastvm.vmm.monitor;

import java.util.List;
import org.ballastvm.vmm.control.QueryVirtioQueueStatus;
import org.ballastvm.vmm.control.QueryVirtioQueueStatus.VirtQueueStatus;
import org.ballastvm.vmm.machine.Machine;

/** {@code info virtio-queue-status PATH QUEUE} */
final class InfoVirtioQueueStatus implements Command {
  @Override
  public List<String> names() { return List.of("virtio-queue-status"); }

  @Override
  public String parameters() { return "path queue"; }

  @Override
  public String help() { return "Display status of a given virtio queue"; }

  @Override
  public String run(Machine vm, Arguments arguments) {
    String path = arguments.word();
    long queue = arguments.number();
    arguments.end();
    int number = Math.clamp(queue, -1, Integer.MAX_VALUE);
    VirtQueueStatus status = new QueryVirtioQueueStatus().run(vm, new QueryVirtioQueueStatus.Which(path, number));
    return path + ":\n" + """
          device_name:          %s
          queue_index:          %d
          inuse:                %d
          used_idx:             %d
          signalled_used:       %d
          signalled_used_valid: %b
          last_avail_idx:       %d
          shadow_avail_idx:     %d
          VRing:
            num:          %d
            num_default:  %d
            align:        %d
            desc:         0x%016x
            avail:        0x%016x
            used:         0x%016x
        """.formatted(status.name(), status.queueIndex(), status.inuse(), status.usedIdx(), status.signalledUsed(),
        status.signalledUsedValid(), status.lastAvailIdx(), status.shadowAvailIdx(), status.vringNum(),
        status.vringNumDefault(), status.vringAlign(), status.vringDesc(), status.vringAvail(), status.vringUsed());
  }

  @Override
  public List<String> completions(Machine vm, List<String> before, String start) {
    return before.isEmpty() ? VirtioPaths.of(vm) : List.of();
  }
}
