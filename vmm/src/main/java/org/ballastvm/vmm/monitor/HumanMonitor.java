package org.ballastvm.vmm.monitor;

import java.nio.charset.StandardCharsets;
import org.ballastvm.vmm.chardev.CharFrontend;
import org.ballastvm.vmm.chardev.Chardev;
import org.ballastvm.vmm.config.MonitorPrompt;
import org.ballastvm.vmm.machine.Machine;

/** A human monitor on a chardev: prompt, a line, its answer. */
public final class HumanMonitor implements CharFrontend {
  private static final int MOST_AT_ONCE = 128;
  /** Room for the answers to as many commands as fit in that many bytes, in bytes. */
  private static final int LONGEST_ANSWERS = 128 << 10;

  private final Machine vm;
  private final Chardev chardev;
  private final MonitorPrompt prompt;
  private final LineEditor editor;

  /**
   * A monitor that nobody talks to yet.
   *
   * @param vm the machine
   * @param chardev the line
   * @param prompt whose words it prompts with
   */
  public HumanMonitor(Machine vm, Chardev chardev, MonitorPrompt prompt) {
    this.vm = vm;
    this.chardev = chardev;
    this.prompt = prompt;
    this.editor = new LineEditor(prompt.text(), this::send, this::run, line -> Completion.of(vm, line));
  }

  /** Back-pressure: a client that does not read its answers is not read from. */
  @Override
  public int room() { return chardev.sendRoom() < LONGEST_ANSWERS ? 0 : MOST_AT_ONCE; }

  @Override
  public void opened() {
    editor.clear();
    print(prompt.greeting() + "\n");
    editor.prompt();
  }

  @Override
  public void closed() { editor.clear(); }

  @Override
  public void focused() { editor.prompt(); }

  @Override
  public void unfocused() { print("\n"); }

  @Override
  public void drained() { chardev.receiveMore(); }

  @Override
  public void receive(byte[] bytes, int offset, int count) {
    for (int i = 0; i < count; i++) {
      editor.key(bytes[offset + i] & 0xff);
    }
  }

  private void run(String line) {
    print(Commands.run(vm, line, chardev::takeDescriptor));
    if (!vm.end().isDone()) {
      editor.prompt();
    }
  }

  private void print(String text) { send(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)); }

  private void send(byte[] bytes) { chardev.send(bytes, 0, bytes.length); }
}
