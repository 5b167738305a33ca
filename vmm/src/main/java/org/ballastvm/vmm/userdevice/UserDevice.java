package org.ballastvm.vmm.userdevice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import org.ballastvm.device.Device;

/**
 * A device that a user wrote.
 *
 * @param device what it does
 * @param classPath where its classes are read from, which it may do when it first needs one; it keeps archives open
 */
public record UserDevice(Device device, URLClassLoader classPath) implements AutoCloseable {
  /** Closes its class path: the device has gone, and needs no more classes. */
  @Override
  public void close() { close(classPath); }

  static void close(URLClassLoader path) {
    try {
      path.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // It was only read.
    }
  }
}
