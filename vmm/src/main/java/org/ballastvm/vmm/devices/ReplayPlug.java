package org.ballastvm.vmm.devices;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.ballastvm.record.Recording;
import org.ballastvm.record.RecordingLimits;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.virtio.replay.ReplayDevice;
import org.ballastvm.vmm.config.ReplayConfig;
import org.ballastvm.vmm.config.UserError;

/** {@code virtio-replay-pci}. */
final class ReplayPlug extends PciPlug<ReplayConfig> {
  ReplayPlug() { super(ReplayConfig.class); }

  @Override
  PciCard make(ReplayConfig config, String path, DeviceBuses buses) {
    Site site = buses.site();
    ReplayFindings findings = new ReplayFindings(config, path, site.events());
    try {
      ReplayDevice device = new ReplayDevice(Recording.parse(read(config.file())), new LoopDelays(site.loop())::after,
          findings::add);
      return new ReplayCard(config.id(), path, device,
          new VirtioPciFunction(device, site.memory().ram(), new DeviceLog(config.id())), findings);
    } catch (IllegalArgumentException e) {
      throw new UserError("file=" + config.file() + ": " + e.getMessage(), e);
    }
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > RecordingLimits.USUAL.recordBytes()) {
        throw new UserError(
            "file=" + file + ": is of " + Files.size(file) + " bytes; a recording that is replayed may have "
                + RecordingLimits.USUAL.recordBytes());
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UserError("file=" + file + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new UserError("file=" + file + ": not a recording: it is no text", e);
    } catch (IOException e) {
      throw new UserError("file=" + file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
