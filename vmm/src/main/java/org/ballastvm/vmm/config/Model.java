package org.ballastvm.vmm.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind of device or object, as users know it: what help prints, what a program can ask for and what the command line takes
 * come from here.
 *
 * @param <C> what is made of it: {@link DeviceConfig} or {@link ObjectConfig}
 * @param name what {@code -device} or {@code -object} knows it by
 * @param alias another name, if it has one
 * @param parent the type that it is a kind of
 * @param bus where it goes, if anywhere
 * @param description in a few words, where its name does not say it
 * @param properties what it takes, besides an id
 * @param unlisted what it takes besides and does not list: QEMU's ways to say what is so anyway
 * @param parser makes its configuration of what was given
 */
public record Model<C>(String name, Optional<String> alias, String parent, Optional<String> bus,
    Optional<String> description, List<ModelProperty<?>> properties, List<ModelProperty<?>> unlisted,
    Function<KeyValues, C> parser) {
  /** A kind that goes nowhere and has one name. */
  static <C> Model<C> of(String name, String parent, Function<KeyValues, C> parser, List<ModelProperty<?>> properties) {
    return new Model<>(name, Optional.empty(), parent, Optional.empty(), Optional.empty(), properties, List.of(),
        parser);
  }

  /** The same kind, in a few words. */
  Model<C> described(String words) {
    return new Model<>(name, alias, parent, bus, Optional.of(words), properties, unlisted, parser);
  }

  /** The same kind, which takes more than it lists. */
  Model<C> alsoTaking(List<ModelProperty<?>> more) {
    return new Model<>(name, alias, parent, bus, description, properties, more, parser);
  }

  /**
   * A kind by its name.
   *
   * @param <M> models of devices, or of objects
   * @param models {@link DeviceModels#ALL} or {@link ObjectModels#ALL}
   * @param name its name, or its alias
   * @return the kind, if there is one
   */
  public static <M extends Model<?>> Optional<M> find(List<M> models, String name) {
    return models.stream().filter(model -> model.name().equals(name) || model.alias().equals(Optional.of(name)))
        .findFirst();
  }

  /** {@return the names of all these kinds, for a sentence} */
  static <C> String names(List<Model<C>> models) {
    return models.stream().map(Model::name).collect(Collectors.joining(", "));
  }

  /** {@return what {@code NAME,help} prints: a line for each property} */
  public String help() {
    return name + " options:\n"
        + properties.stream().map(ModelProperty::line).sorted().collect(Collectors.joining("\n"));
  }

  /** Throws UserError if a property is none of its own, or a value is none that it takes. */
  C parse(KeyValues values) {
    unlisted.forEach(property -> property.take(values));
    for (String key : values.keys()) {
      if (!key.equals("id") && properties.stream().noneMatch(property -> property.name().equals(key))) {
        throw values.error("Property '" + name + "." + key + "' not found; there are " + propertyNames());
      }
    }
    C config = parser.apply(values);
    values.refuseRest(propertyNames());
    return config;
  }

  private String propertyNames() {
    return properties.stream().map(ModelProperty::name).sorted().collect(Collectors.joining(", "));
  }
}
