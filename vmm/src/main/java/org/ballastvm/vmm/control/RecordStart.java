package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Optional;
import org.ballastvm.record.RecordingLimits;
import org.ballastvm.vmm.config.FileName;
import org.ballastvm.vmm.config.RecordConfig;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-record-start} */
public final class RecordStart implements QmpCommand<RecordStart.Wish, QmpCommand.Done> {
  /** Which device, and where to. */
  public record Wish(@Member("its id, or its path in the object tree") String device,
      @Member("the file, which is written anew") String file,
      @Member("how many bytes of each chain are recorded, each way; 256 without it") Optional<Long> bytes,
      @Member("how long the file may be, in bytes; 64 MiB without it") Optional<Long> limit) {}

  @Override
  public String name() { return "x-ballast-record-start"; }

  @Override
  public String help() {
    return "Records what passes between a virtio device and its driver, from now on, in a file of text.";
  }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public Done run(Machine vm, Wish wish) {
    long bytes = wish.bytes().orElse((long) RecordingLimits.USUAL.chainBytes());
    start(vm, new RecordConfig(wish.device(), FileName.path("file", wish.file()).toAbsolutePath(),
        RecordConfig.limits(wish.device(), Math.clamp(bytes, -1, Integer.MAX_VALUE),
            wish.limit().orElse(RecordingLimits.USUAL.recordBytes()))));
    return Done.DONE;
  }

  /**
   * Records a device.
   *
   * @param vm the machine
   * @param wish which, and where to
   * @throws org.ballastvm.vmm.config.UserError if it cannot be
   */
  public static void start(Machine vm, RecordConfig wish) { vm.devices().recordings().start(wish); }
}
