package org.ballastvm.vmm.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.wire.Member;

/** {@code device_add} */
public final class DeviceAdd implements QmpCommand<DeviceAdd.DeviceGiven, QmpCommand.Done> {
  /** A device to plug. */
  public record DeviceGiven(@Member("what it is, such as virtio-rng-pci") String driver,
      @Member("where it goes: pci.0, or for a port the bus of its card, such as vs0.0") Optional<String> bus,
      @Member("its id, not taken yet; only a device with one can be asked back by it") Optional<String> id,
      @Member(value = "its properties, as device-list-properties lists them", rest = true) Map<String, Object> properties) {}

  @Override
  public String name() { return "device_add"; }

  @Override
  public String help() { return "Plugs a device, and notifies the guest."; }

  @Override
  public List<String> features() { return List.of("json-cli", "json-cli-hotplug"); }

  @Override
  public Done run(Machine vm, DeviceGiven given) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("driver", given.driver());
    given.bus().ifPresent(bus -> all.put("bus", bus));
    given.id().ifPresent(id -> all.put("id", id));
    all.putAll(given.properties());
    add(vm, KeyValues.of("", all, "driver"));
    return Done.DONE;
  }

  /**
   * Plugs a device.
   *
   * @param vm the machine
   * @param values its driver, id and properties
   * @throws org.ballastvm.vmm.config.UserError if it cannot be; nothing has changed then
   */
  public static void add(Machine vm, KeyValues values) { vm.devices().plug(DeviceModels.parse(values)); }
}
