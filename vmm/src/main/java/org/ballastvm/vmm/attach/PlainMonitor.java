package org.ballastvm.vmm.attach;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A human monitor that was made for people at terminals, ours or QEMU's: it echoes what it is sent, key by key, and ends
 * an answer by its next prompt.
 */
final class PlainMonitor implements RemoteMonitor {
  private static final Pattern PROMPT_AT_END = Pattern.compile("(?:^|\n)(\\([^()\n]+\\) )$");
  /** As QEMU's; a longer line would lose its end there. */
  private static final int LONGEST_LINE = 4095;

  private static final int MOST_AT_ONCE = 16384;
  /** What says that nothing more will come. */
  private static final String END = "";

  private final Wire wire;
  private final LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final ByteBuffer encoded = ByteBuffer.allocate(2 * MOST_AT_ONCE);
  private final CharBuffer decoded = CharBuffer.allocate(2 * MOST_AT_ONCE);
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
      .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final String prompt;
  private HelpWords words;

  /**
   * A monitor, up to its first prompt.
   *
   * @param wire the connection
   * @param first what the monitor said first
   * @param count how many bytes of it
   * @param ended runs when the monitor is gone, on another thread
   */
  PlainMonitor(Wire wire, byte[] first, int count, Runnable ended) throws IOException {
    this.wire = wire;
    StringBuilder greeting = new StringBuilder(decode(first, count));
    wire.listen(new Wire.Listener() {
      @Override
      public void received(byte[] bytes, int received) {
        String text = decode(bytes, received);
        if (!text.isEmpty()) {
          texts.add(text);
        }
      }

      @Override
      public void ended() {
        texts.add(END);
        ended.run();
      }
    });
    Matcher found = PROMPT_AT_END.matcher(greeting);
    while (!found.find()) {
      String more = read();
      if (more.isEmpty()) {
        throw new IOException("it closed the connection before it showed a prompt");
      }
      greeting.append(more);
      found.reset();
    }
    prompt = found.group(1);
  }

  @Override
  public String prompt() { return prompt; }

  @Override
  public boolean isGone() { return texts.contains(END); }

  @Override
  public boolean run(String line, Consumer<String> output) throws IOException {
    String clean = line.replaceAll("\\p{Cntrl}", " ");
    if (clean.length() > LONGEST_LINE) {
      output.accept("Error: a line has at most " + LONGEST_LINE + " characters\n");
      return true;
    }
    // What it said unasked, such as an error of a device.
    for (String text = texts.poll(); text != null && !text.isEmpty(); text = texts.poll()) {
      output.accept(text);
    }
    wire.write((clean + "\n").getBytes(StandardCharsets.UTF_8));
    StringBuilder pending = new StringBuilder();
    boolean echoed = false;
    while (true) {
      String more = read();
      if (more.isEmpty()) {
        output.accept(echoed ? pending.toString() : "");
        return false;
      }
      pending.append(more);
      if (!echoed) {
        int end = pending.indexOf("\n");
        if (end < 0) {
          continue;
        }
        pending.delete(0, end + 1);
        echoed = true;
      }
      int lastLine = pending.lastIndexOf("\n") + 1;
      output.accept(pending.substring(0, lastLine));
      pending.delete(0, lastLine);
      if (pending.toString().equals(prompt)) {
        return true;
      }
    }
  }

  /** What has come, without carriage returns; empty at the end. */
  private String read() throws IOException {
    try {
      String text = texts.take();
      if (text.isEmpty()) {
        texts.add(END);
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private String decode(byte[] from, int count) {
    encoded.put(from, 0, count).flip();
    decoder.decode(encoded, decoded.clear(), false);
    encoded.compact();
    return decoded.flip().toString().replace("\r", "");
  }

  @Override
  public List<String> completions(String line) throws IOException {
    if (words == null) {
      words = new HelpWords(collect("help"), collect("help info"));
    }
    return words.completions(line);
  }

  private String collect(String line) throws IOException {
    StringBuilder answer = new StringBuilder();
    run(line, answer::append);
    return answer.toString();
  }
}
