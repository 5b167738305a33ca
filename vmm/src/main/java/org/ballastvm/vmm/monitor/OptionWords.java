package org.ballastvm.vmm.monitor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.ballastvm.vmm.config.DeviceModels;
import org.ballastvm.vmm.config.Model;
import org.ballastvm.vmm.config.ModelProperty;
import org.ballastvm.vmm.config.ObjectModels;
import org.ballastvm.vmm.machine.Machine;

/**
 * What {@code driver,property=value,...} could go on with, and what help prints of it, by the models of what there is.
 *
 * @param models the kinds that the first word names
 */
record OptionWords(List<? extends Model<?>> models) {
  private static final String HELP = ",help";
  private static final String ID = "id=";

  /** {@code device_add}. */
  static final OptionWords DEVICES = new OptionWords(DeviceModels.ALL);
  /** {@code object_add}. */
  static final OptionWords OBJECTS = new OptionWords(ObjectModels.ALL);

  /** What help prints of a kind, if that is what was asked: {@code virtio-rng-pci,help}. */
  Optional<String> help(String given) {
    return given.endsWith(HELP)
        ? Model.find(models, given.substring(0, given.length() - HELP.length())).map(model -> model.help() + "\n")
        : Optional.empty();
  }

  /** What a line could go on with. */
  List<String> completions(Machine vm, String start) {
    int comma = start.lastIndexOf(',');
    if (comma < 0) {
      return models.stream().map(Model::name).toList();
    }
    String before = start.substring(0, comma + 1);
    List<String> given = Arrays.asList(before.split(","));
    List<ModelProperty<?>> properties = Model.find(models, given.getFirst()).map(Model::properties).orElse(List.of());
    String last = start.substring(comma + 1);
    int equals = last.indexOf('=');
    if (equals < 0) {
      return Stream.concat(Stream.of(ID), properties.stream().map(property -> property.name() + "="))
          .filter(name -> given.stream().noneMatch(part -> part.startsWith(name))).map(name -> before + name).toList();
    }
    return properties.stream().filter(property -> property.name().equals(last.substring(0, equals)))
        .flatMap(property -> values(vm, property)).map(value -> before + last.substring(0, equals + 1) + value)
        .toList();
  }

  private static Stream<String> values(Machine vm, ModelProperty<?> property) {
    return switch (property.type()) {
      case ModelProperty.MEMORY -> vm.objects().memory().all().stream().filter(entry -> entry.user().isEmpty())
          .map(entry -> entry.backend().config().id());
      case ModelProperty.IOTHREAD -> vm.objects().threads().all().stream().map(thread -> thread.config().id());
      default -> property.choices().stream();
    };
  }
}
