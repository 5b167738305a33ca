package org.ballastvm.vmm.config;

import java.nio.file.Path;
import org.ballastvm.record.RecordingLimits;

/**
 * {@code -record}: what passes between a device and its driver goes to a file.
 *
 * @param device its id, or its path in the object tree
 * @param file which is written anew
 * @param limits how much of it
 */
public record RecordConfig(String device, Path file, RecordingLimits limits) {
  private static final String ALLOWED = "device, file, bytes, limit";

  /**
   * Parses.
   *
   * @param option by what it was given, for errors: {@code -record} or {@code record_start}
   * @param text {@code [device=]DEVICE,file=FILE[,bytes=N][,limit=SIZE]}
   * @return what was asked for
   * @throws UserError if a word is none that it takes, or a value is out of range
   */
  public static RecordConfig parse(String option, String text) {
    KeyValues values = KeyValues.parse(option, text, "device");
    String device = values.require("device");
    Path file = FileName.path("file", values.require("file")).toAbsolutePath();
    int bytes = values.takeInt("bytes", 0, RecordingLimits.MOST_CHAIN_BYTES)
        .orElse(RecordingLimits.USUAL.chainBytes());
    long limit = values.takeSize("limit", 1).orElse(RecordingLimits.USUAL.recordBytes());
    values.refuseRest(ALLOWED);
    return new RecordConfig(device, file, limits(option + " " + device, bytes, limit));
  }

  /**
   * How much is recorded.
   *
   * @param where how errors begin
   * @param chainBytes of each chain
   * @param recordBytes of the recording
   * @return both
   * @throws UserError if one is out of range
   */
  public static RecordingLimits limits(String where, int chainBytes, long recordBytes) {
    try {
      return new RecordingLimits(chainBytes, recordBytes);
    } catch (IllegalArgumentException e) {
      throw new UserError(where + ": " + e.getMessage(), e);
    }
  }
}
