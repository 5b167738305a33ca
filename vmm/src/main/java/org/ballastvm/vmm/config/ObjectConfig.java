package org.ballastvm.vmm.config;

/** {@code -object}: what users make for devices to use. */
public sealed interface ObjectConfig permits BackendConfig, IoThreadConfig {
  /** {@return the id that others name it by} */
  String id();

  /** {@return its type's name, such as {@code memory-backend-ram}} */
  String qomType();

  /**
   * Does what its kind asks for.
   *
   * @param visitor has one method for each kind
   */
  void visit(Visitor visitor);

  /** What is done with an object of each kind. */
  interface Visitor {
    /**
     * A memory backend.
     *
     * @param config what was asked for
     */
    void memory(BackendConfig config);

    /**
     * A thread.
     *
     * @param config what was asked for
     */
    void thread(IoThreadConfig config);
  }
}
