package org.ballastvm.fault;

/**
 * A fault that has struck.
 *
 * @param number which strike of its device, from 1
 * @param kind what went wrong
 * @param place of which queue, vector, BAR or request
 * @param lengthBytes of how many bytes the occasion was; 0 where it has none
 * @param occasion which occasion it was of those that the fault counts, from 1; 0 is at once
 */
public record Strike(long number, FaultKind kind, int place, long lengthBytes, long occasion) {
  /** {@return it in a line} */
  public String words() {
    FaultPoint point = kind.point();
    return kind.word() + (occasion == 0 ? "" : " on occasion " + occasion)
        + (point.place().isEmpty() || place < 0 ? "" : ", " + point.place() + " " + point.placeName(place))
        + (lengthBytes == 0 ? "" : ", " + lengthBytes + " bytes");
  }
}
