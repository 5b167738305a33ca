package org.ballastvm.vmm.config;

/** {@code -mon}, {@code -monitor}, {@code -qmp}, {@code -gdb}: one monitor. */
public sealed interface MonitorConfig {
  /** {@return id of the chardev it talks through} */
  String chardev();

  /**
   * Does what its kind asks for. A virtual call, as {@link BootConfig#accept}.
   *
   * @param <T> what comes of it
   * @param cases one for each kind
   * @return what comes of it
   */
  <T> T accept(Cases<T> cases);

  /**
   * What is done with each kind.
   *
   * @param <T> what comes of it
   */
  interface Cases<T> {
    /**
     * For people.
     *
     * @param human which
     * @return what comes of it
     */
    T human(Human human);

    /**
     * For programs.
     *
     * @param control which
     * @return what comes of it
     */
    T control(Control control);

    /**
     * For debuggers.
     *
     * @param debugger which
     * @return what comes of it
     */
    T debugger(Debugger debugger);
  }

  /**
   * For people.
   *
   * @param chardev id of the chardev it talks through
   * @param prompt whose words it prompts with
   */
  record Human(String chardev, MonitorPrompt prompt) implements MonitorConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.human(this); }
  }

  /**
   * For programs: the machine protocol.
   *
   * @param chardev id of the chardev it talks through
   * @param pretty whether its answers are indented
   */
  record Control(String chardev, boolean pretty) implements MonitorConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.control(this); }
  }

  /**
   * For debuggers: GDB's remote protocol.
   *
   * @param chardev id of the chardev it talks through
   */
  record Debugger(String chardev) implements MonitorConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.debugger(this); }
  }
}
