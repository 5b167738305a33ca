package org.ballastvm.vmm.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Size;
import org.jline.terminal.Sized;
import org.jline.terminal.impl.AbstractTerminal;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlocking;
import org.jline.utils.NonBlockingReader;

/**
 * A terminal as JLine knows one, over bytes that come and go: somebody else has made it pass every key on. No native code
 * and no other program takes part.
 */
final class LineTerminal extends AbstractTerminal {
  /** What JLine describes by itself; others it would ask a program about, and they are near enough to this. */
  private static final List<String> KNOWN = List.of("ansi", "rxvt", "screen", "screen-256color", "xterm",
      "xterm-256color");
  private static final String NEAR_ENOUGH = "ansi";

  private final Keys keys;
  private final NonBlockingReader reader;
  private final OutputStream output;
  private final PrintWriter writer;
  private final Supplier<Size> size;
  private final Attributes attributes = new Attributes();

  LineTerminal(String type, Keys keys, OutputStream output, Supplier<Size> size) throws IOException {
    super("monitor", KNOWN.contains(type) ? type : NEAR_ENOUGH, StandardCharsets.UTF_8, SignalHandler.SIG_DFL);
    this.keys = keys;
    this.reader = NonBlocking.nonBlocking(getName(), keys, StandardCharsets.UTF_8);
    this.output = output;
    this.writer = new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8));
    this.size = size;
    attributes.setControlChar(ControlChar.VINTR, 'C' - '@');
    attributes.setControlChar(ControlChar.VEOF, 'D' - '@');
    attributes.setControlChar(ControlChar.VERASE, 127);
    attributes.setControlChar(ControlChar.VKILL, 'U' - '@');
    attributes.setControlChar(ControlChar.VWERASE, 'W' - '@');
    parseInfoCmp();
    // A process that is killed would leave the terminal in the mode that these switch on.
    strings.remove(Capability.keypad_xmit);
    strings.remove(Capability.keypad_local);
  }

  @Override
  public NonBlockingReader reader() { return reader; }

  @Override
  public PrintWriter writer() { return writer; }

  @Override
  public InputStream input() { return keys; }

  @Override
  public OutputStream output() { return output; }

  @Override
  public Attributes getAttributes() { return new Attributes(attributes); }

  @Override
  public void setAttributes(Attributes to) { attributes.copy(to); }

  @Override
  public Size getSize() { return size.get(); }

  @Override
  public void setSize(Sized to) {
    // It has the size that it has.
  }

  @Override
  public boolean trackMouse(MouseTracking tracking) {
    return false; // Not even switched off: it never was on.
  }

  @Override
  public TerminalProvider getProvider() { return null; }

  @Override
  public SystemStream getSystemStream() { return null; }
}
