package org.ballastvm.vmm.config;

import org.ballastvm.vmm.state.Version;

/** Whose words a human monitor greets and prompts with; programs that were made for QEMU's wait for its prompt. */
public enum MonitorPrompt {
  /** Ballast's own. */
  BALLAST("(ballast) ", "Ballast " + Version.TEXT),
  /** QEMU's, of the version that query-version returns. */
  QEMU("(qemu) ", "QEMU 7.2.0");

  private final String text;
  private final String name;

  MonitorPrompt(String text, String name) {
    this.text = text;
    this.name = name;
  }

  /** {@return what stands before a line that is typed} */
  public String text() { return text; }

  /** {@return the line that greets, without its end} */
  public String greeting() {
    return name + " monitor - type 'help' for more information";
  }
}
