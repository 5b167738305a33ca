package org.ballastvm.testkit.agent;

/**
 * The size of a terminal; zeros if it is not known.
 *
 * @param columns 0 to 65535
 * @param rows    0 to 65535
 */
public record TerminalSize(int columns, int rows) {
  private static final int MOST = 0xffff;

  public TerminalSize {
    if (columns < 0 || rows < 0 || columns > MOST || rows > MOST) {
      throw new IllegalArgumentException(columns + " columns and " + rows + " rows: must be from 0 to " + MOST);
    }
  }
}
