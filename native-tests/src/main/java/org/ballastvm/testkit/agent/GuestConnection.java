package org.ballastvm.testkit.agent;

import java.io.InputStream;
import java.io.OutputStream;

/** A connection to a socket that a program in the guest listens on. */
public final class GuestConnection implements AutoCloseable {
  private final Session session;

  GuestConnection(Session session) { this.session = session; }

  /** {@return what the guest sends} */
  public InputStream input() { return session.output(); }

  /** {@return what is sent to the guest; closing it is the end of this direction alone} */
  public OutputStream output() {
    return session.input();
  }

  @Override
  public void close() { session.abandon(); }
}
