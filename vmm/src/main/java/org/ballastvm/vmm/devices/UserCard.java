package org.ballastvm.vmm.devices;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.ballastvm.virtio.QueueServer;
import org.ballastvm.virtio.ServedDevice;
import org.ballastvm.virtio.pci.VirtioPciFunction;
import org.ballastvm.vmm.chardev.ChardevTable;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.vhost.BackendQueues;
import org.ballastvm.vmm.vhostuser.BackendSource;
import org.ballastvm.vmm.vhostuser.ChardevSource;
import org.ballastvm.vmm.vhostuser.DeviceKind;
import org.ballastvm.vmm.vhostuser.UserBackend;

/** A device that a program beside this one serves, in its slot. */
final class UserCard extends ServedCard {
  private final List<Property> properties;

  /**
   * What the guest sees of it.
   *
   * @param shape of the device
   * @param config what is in its configuration space, at first
   * @param writable which registers there the driver can write to
   * @param changed configuration space as the guest is to see it, when the program says that it has changed
   */
  record Face(ServedDevice.Shape shape, Supplier<byte[]> config, IntPredicate writable,
      UnaryOperator<byte[]> changed) {}

  private UserCard(String kind, String path, VirtioPciFunction transport, BackendQueues queues, Site site,
      List<Property> properties) {
    super(kind, path, transport, queues, site.events());
    this.properties = properties;
  }

  /**
   * The program behind a chardev.
   *
   * @throws org.ballastvm.vmm.config.UserError if there is no such chardev, or it is no socket, or in use
   */
  static BackendSource source(Site site, String driver, String chardev) {
    ChardevTable table = site.chardevs();
    var claimed = table.claim(driver, chardev);
    try {
      return new ChardevSource(site.loop(), chardev, claimed, () -> table.release(chardev));
    } catch (RuntimeException e) {
      table.release(chardev);
      throw e;
    }
  }

  /**
   * Connects, and makes the device. On the event loop, or before it has started.
   *
   * @param kind such as {@code vhost-user-fs}
   * @param id the device's, if it has one
   * @param path where it is in the object tree
   * @param site the machine around it
   * @param source where the program is, closed with the card or if none is made
   * @param wanted what kind of device it is
   * @param face what the guest sees of it
   * @param properties of the card
   */
  static UserCard make(String kind, Optional<String> id, String path, Site site, BackendSource source,
      DeviceKind wanted, Function<UserBackend, Face> face, List<Property> properties) {
    UserBackend backend;
    try {
      backend = new UserBackend(wanted, site.loop(), site.memory().ram(), source);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
    BackendQueues queues;
    try {
      queues = new BackendQueues(backend, site.memory().ram().table(), backend.queues(), (queue, features) -> true);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    try {
      Face seen = face.apply(backend);
      ServedDevice device = new ServedDevice(seen.shape(), new Owner(backend, queues, seen.writable()),
          seen.config().get());
      VirtioPciFunction transport = new VirtioPciFunction(device, site.memory().ram(), new DeviceLog(id));
      backend.whenConfigChanges(bytes -> device.configChanged(seen.changed().apply(bytes)));
      return new UserCard(kind, path, transport, queues, site, properties);
    } catch (RuntimeException e) {
      queues.close();
      throw e;
    }
  }

  /** Who does the device's work. */
  private record Owner(UserBackend backend, BackendQueues served, IntPredicate writable)
      implements
        ServedDevice.Owner {
    @Override
    public QueueServer queues() { return served; }

    @Override
    public boolean configWritten(int offset, byte[] bytes) {
      boolean written = writable.test(offset);
      if (written) {
        backend.writeConfig(offset, bytes);
      }
      return written;
    }

    @Override
    public void reset() { backend.driverReset(); }
  }

  @Override
  List<Property> properties() { return properties; }
}
