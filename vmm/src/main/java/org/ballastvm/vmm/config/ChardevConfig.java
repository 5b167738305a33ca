package org.ballastvm.vmm.config;

import java.nio.file.Path;

/** {@code -chardev}: an end that a serial port or a monitor talks through. */
public sealed interface ChardevConfig {
  /** {@return the id that {@code -serial chardev:ID} and {@code -mon chardev=ID} name} */
  String id();

  /** {@return whether several frontends share it, switched by Ctrl-A c} */
  boolean mux();

  /** {@return what it is without the file that its output is copied to} */
  default ChardevConfig bare() { return this; }

  /**
   * Does what its kind asks for; what is copied to a file has the kind that it has without. A virtual call, as
   * {@link BootConfig#accept}.
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
     * Standard input and output.
     *
     * @param chardev which
     * @return what comes of it
     */
    T stdio(Stdio chardev);

    /**
     * A Unix socket.
     *
     * @param chardev which
     * @return what comes of it
     */
    T unix(Unix chardev);

    /**
     * A TCP socket.
     *
     * @param chardev which
     * @return what comes of it
     */
    T tcp(Tcp chardev);

    /**
     * Output is dropped.
     *
     * @param chardev which
     * @return what comes of it
     */
    T nothing(Null chardev);

    /**
     * A file.
     *
     * @param chardev which
     * @return what comes of it
     */
    T file(File chardev);

    /**
     * A pseudo-terminal.
     *
     * @param chardev which
     * @return what comes of it
     */
    T pty(Pty chardev);
  }

  /**
   * The process's own standard input and output.
   *
   * @param id its id
   * @param mux shared by several frontends
   * @param signal Ctrl-C ends the process rather than reaching the guest
   */
  record Stdio(String id, boolean mux, boolean signal) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.stdio(this); }
  }

  /**
   * A Unix socket.
   *
   * @param id its id
   * @param mux shared by several frontends
   * @param path where
   * @param server we listen; otherwise we connect
   * @param waitForClient the machine starts only when a client has connected
   */
  record Unix(String id, boolean mux, Path path, boolean server, boolean waitForClient) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.unix(this); }
  }

  /**
   * A TCP socket.
   *
   * @param id its id
   * @param mux shared by several frontends
   * @param host name or address
   * @param port 0 to 65535; 0 lets the host choose
   * @param server we listen; otherwise we connect
   * @param waitForClient the machine starts only when a client has connected
   * @param telnet the other end speaks telnet
   */
  record Tcp(String id, boolean mux, String host, int port, boolean server, boolean waitForClient, boolean telnet)
      implements
        ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.tcp(this); }
  }

  /**
   * Output is dropped, there is no input.
   *
   * @param id its id
   * @param mux shared by several frontends
   */
  record Null(String id, boolean mux) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.nothing(this); }
  }

  /**
   * Output goes to a file; there is no input.
   *
   * @param id its id
   * @param mux shared by several frontends
   * @param path the file
   * @param append what is in the file is kept; else it is emptied first
   */
  record File(String id, boolean mux, Path path, boolean append) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.file(this); }
  }

  /**
   * A new pseudo-terminal, whose name is printed at start.
   *
   * @param id its id
   * @param mux shared by several frontends
   */
  record Pty(String id, boolean mux) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return cases.pty(this); }
  }

  /**
   * Another one, whose output is copied to a file as well.
   *
   * @param bare the other one
   * @param file where to
   * @param append what is in the file is kept; else it is emptied first
   */
  record Logged(ChardevConfig bare, Path file, boolean append) implements ChardevConfig {
    @Override
    public <T> T accept(Cases<T> cases) { return bare.accept(cases); }

    @Override
    public String id() { return bare.id(); }

    @Override
    public boolean mux() { return bare.mux(); }
  }
}
