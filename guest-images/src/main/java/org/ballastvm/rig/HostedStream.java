package org.ballastvm.rig;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/** Both directions of a connection to a port where guests run; whoever has it reads it to its end. */
public interface HostedStream extends Closeable {
  /** {@return what comes from there} */
  InputStream input();

  /** {@return what goes there; each write goes at once} */
  OutputStream output();
}
