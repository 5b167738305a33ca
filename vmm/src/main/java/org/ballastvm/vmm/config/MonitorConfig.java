package org.ballastvm.vmm.config;

/** {@code -mon}, {@code -monitor}, {@code -qmp}: one monitor. */
public sealed interface MonitorConfig {
  /** {@return id of the chardev it talks through} */
  String chardev();

  /**
   * For people.
   *
   * @param chardev id of the chardev it talks through
   * @param prompt whose words it prompts with
   */
  record Human(String chardev, MonitorPrompt prompt) implements MonitorConfig {}

  /**
   * For programs: the machine protocol.
   *
   * @param chardev id of the chardev it talks through
   * @param pretty whether its answers are indented
   */
  record Control(String chardev, boolean pretty) implements MonitorConfig {}
}
