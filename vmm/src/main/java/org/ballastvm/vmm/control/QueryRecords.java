package org.ballastvm.vmm.control;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ballastvm.record.Recorder;
import org.ballastvm.vmm.devices.Recordings;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code x-ballast-query-records} */
public final class QueryRecords implements QmpCommand<QmpCommand.NoArguments, List<QueryRecords.RecordInfo>> {
  /** A device that is recorded, or was. */
  public record RecordInfo(@Member("of the device, if it has one") Optional<String> id,
      @Member("where it is in the object tree") String qomPath,
      @Member("the file; it holds what was recorded so far") String file,
      @Member("recording; or ended, full or failed, where nothing more is recorded") String state,
      @Member("how many events it holds") long events,
      @Member("how long it is, in bytes") long bytes,
      @Member("how long it may be") long limit) {}

  @Override
  public String name() { return "x-ballast-query-records"; }

  @Override
  public String help() { return "Returns what is recorded, or was, of which devices."; }

  @Override
  public List<String> features() { return UNSTABLE; }

  @Override
  public List<RecordInfo> run(Machine vm, NoArguments arguments) {
    return vm.devices().recordings().all().stream().map(QueryRecords::info).toList();
  }

  private static RecordInfo info(Recordings.Recorded recorded) {
    Recorder.Progress progress = recorded.recorder().progress();
    return new RecordInfo(recorded.device().id(), recorded.device().path(), recorded.file().toString(),
        progress.state().name().toLowerCase(Locale.ROOT), progress.events(), progress.writtenBytes(),
        recorded.recorder().limits().recordBytes());
  }
}
