package org.ballastvm.vmm.machine;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.vmm.config.UserError;

/** Open descriptors that clients of a machine's monitors have given it by name. Belongs to the event loop. */
public final class NamedDescriptors implements AutoCloseable {
  private final Map<String, PassedDescriptor> byName = new TreeMap<>();

  /** None yet. */
  NamedDescriptors() {}

  /**
   * Gives a descriptor a name; one that had it is closed.
   *
   * @param name not empty, and beginning with no digit: that would be a number
   * @param descriptor this one's own from now on
   * @throws UserError if it is no name; the descriptor is closed then
   */
  public void put(String name, PassedDescriptor descriptor) {
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      descriptor.close();
      throw new UserError("Parameter 'fdname' expects a name not starting with a digit");
    }
    PassedDescriptor before = byName.put(name, descriptor);
    if (before != null) {
      before.close();
    }
  }

  /**
   * Closes a descriptor.
   *
   * @param name that it was given
   * @throws UserError if there is none of that name
   */
  public void close(String name) { take(name).orElseThrow(() -> notFound(name)).close(); }

  /**
   * Gives a descriptor away.
   *
   * @param name that it was given
   * @return the descriptor, the caller's from now on, if there is one of that name
   */
  public Optional<PassedDescriptor> take(String name) { return Optional.ofNullable(byName.remove(name)); }

  /**
   * The error for a name that none has.
   *
   * @param name as it was asked for
   * @return the error
   */
  public static UserError notFound(String name) {
    return new UserError("File descriptor named '" + name + "' not found");
  }

  @Override
  public void close() {
    byName.values().forEach(PassedDescriptor::close);
    byName.clear();
  }
}
