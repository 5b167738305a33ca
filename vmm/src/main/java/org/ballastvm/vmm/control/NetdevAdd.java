package org.ballastvm.vmm.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ballastvm.vmm.config.KeyValues;
import org.ballastvm.vmm.config.NetdevOptions;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.NamedDescriptors;
import org.ballastvm.vmm.wire.Member;

/** {@code netdev_add} */
public final class NetdevAdd implements QmpCommand<NetdevAdd.NetdevGiven, QmpCommand.Done> {
  /** A netdev to open. */
  public record NetdevGiven(@Member("what it is, such as user") String type, @Member("its id, not taken yet") String id,
      @Member(value = "its properties", rest = true) Map<String, Object> properties) {}

  @Override
  public String name() { return "netdev_add"; }

  @Override
  public String help() { return "Opens a netdev, for a network card by device_add."; }

  @Override
  public Done run(Machine vm, NetdevGiven given) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("type", given.type());
    all.put("id", given.id());
    given.properties().forEach((key, value) -> flatten(key, value, all));
    add(vm, KeyValues.of("", all, "type"));
    return Done.DONE;
  }

  /** What {@code getfd} has named is the netdev's from here on; a number stands for itself. */
  private static String number(Machine vm, String given) {
    return given.matches("[0-9]+")
        ? given
        : Integer.toString(vm.descriptors().take(given).orElseThrow(() -> NamedDescriptors.notFound(given)).release());
  }

  /** Addresses are objects, and forwarded ports a list of objects with one text each, as QEMU's schema has them. */
  private static void flatten(String key, Object value, Map<String, Object> into) {
    if (value instanceof Map<?, ?> object) {
      object.forEach((name, inner) -> flatten(key + "." + name, inner, into));
    } else if (value instanceof List<?> list && key.equals(NetdevOptions.REPEATED)) {
      into.put(key, list.stream().map(NetdevAdd::forward).collect(Collectors.joining(",")));
    } else {
      into.put(key, value);
    }
  }

  private static String forward(Object one) {
    if (one instanceof Map<?, ?> object && object.get("str") instanceof String text) {
      return text;
    }
    throw new UserError("Invalid parameter type for 'hostfwd', expected: array of objects with a string 'str'");
  }

  /**
   * Opens a netdev.
   *
   * @param vm the machine
   * @param values its type, id and properties
   * @throws UserError if it cannot be had; nothing has changed then
   */
  public static void add(Machine vm, KeyValues values) {
    for (String key : List.of("fd", "local.str")) {
      values.replace(key, given -> number(vm, given));
    }
    vm.objects().netdevs().create(NetdevOptions.parse(values));
  }
}
