package org.ballastvm.vmm.userdevice;

import java.util.Map;

/** Classes that were compiled from a user's file. Each device has a loader of its own, so a changed file is a new device. */
final class UserClasses extends ClassLoader {
  private final Map<String, byte[]> classes;

  /**
   * The classes of a file.
   *
   * @param classes by binary name
   * @param parent has what they are written against
   */
  UserClasses(Map<String, byte[]> classes, ClassLoader parent) {
    super("user-device", parent);
    this.classes = classes;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classes.get(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }
}
