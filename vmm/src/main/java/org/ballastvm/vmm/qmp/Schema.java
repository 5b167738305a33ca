package org.ballastvm.vmm.qmp;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.qmp.SchemaInfo.Field;
import org.ballastvm.vmm.qmp.SchemaInfo.JsonType;
import org.ballastvm.vmm.qmp.SchemaInfo.Variant;
import org.ballastvm.vmm.qmp.SchemaInfo.Word;
import org.ballastvm.vmm.wire.Branch;
import org.ballastvm.vmm.wire.JsonNull;
import org.ballastvm.vmm.wire.Shape;

/** What the commands and events take and give, read from their classes. Source: QEMU's qapi/introspect.json. */
final class Schema {
  private static final String EMPTY = "Empty";

  private final Map<String, SchemaInfo> entries = new LinkedHashMap<>();
  /** Types by their name, so that two of one name are found. */
  private final Map<String, Type> named = new LinkedHashMap<>();

  private Schema() {}

  /** All of it: these commands, and all events. */
  static List<SchemaInfo> entries(List<QmpCommand<?, ?>> commands) {
    Schema schema = new Schema();
    commands.forEach(schema::add);
    for (Class<? extends MachineEvent> event : MachineEvent.kinds()) {
      schema.put(new SchemaInfo.Event(MachineEvent.nameOf(event), schema.type(event)));
    }
    return List.copyOf(schema.entries.values());
  }

  private void add(QmpCommand<?, ?> command) {
    Signature<?> signature = Signature.of(command);
    put(new SchemaInfo.Command(command.name(), type(signature.arguments()), type(signature.result()),
        command.features().isEmpty() ? Optional.empty() : Optional.of(command.features())));
  }

  private void put(SchemaInfo entry) {
    if (entries.put(entry.name(), entry) != null) {
      throw new IllegalStateException("the schema has two entries named " + entry.name());
    }
  }

  /** The name of a type, which is in the schema from then on. */
  private String type(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      String element = type(generic.getActualTypeArguments()[0]);
      String name = "[" + element + "]";
      return isNew(name, type) ? put(name, new SchemaInfo.Array(name, element)) : name;
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalStateException("the schema has no word for " + type);
    }
    Optional<Map.Entry<String, JsonType>> builtin = builtin(plain);
    if (builtin.isPresent()) {
      String name = builtin.get().getKey();
      entries.putIfAbsent(name, new SchemaInfo.Builtin(name, builtin.get().getValue()));
      return name;
    }
    if (plain.isRecord() && plain.getRecordComponents().length == 0) {
      entries.putIfAbsent(EMPTY, new SchemaInfo.Fields(EMPTY, List.of(), Optional.empty(), Optional.empty()));
      return EMPTY;
    }
    String name = nameOf(plain);
    if (isNew(name, plain)) {
      // The place is taken first: a type may lead back to itself.
      entries.put(name, new SchemaInfo.Builtin(name, JsonType.VALUE));
      entries.put(name, describe(name, plain));
    }
    return name;
  }

  private boolean isNew(String name, Type type) {
    Type other = named.putIfAbsent(name, type);
    if (other != null && !other.equals(type)) {
      throw new IllegalStateException("two types are named " + name + ": " + other + " and " + type);
    }
    return other == null;
  }

  private String put(String name, SchemaInfo entry) {
    entries.put(name, entry);
    return name;
  }

  private static Optional<Map.Entry<String, JsonType>> builtin(Class<?> type) {
    if (type == String.class) {
      return Optional.of(Map.entry("str", JsonType.STRING));
    }
    if (type == boolean.class || type == Boolean.class) {
      return Optional.of(Map.entry("bool", JsonType.BOOLEAN));
    }
    if (type == long.class || type == Long.class || type == int.class || type == Integer.class) {
      return Optional.of(Map.entry("int", JsonType.INT));
    }
    return type == Object.class ? Optional.of(Map.entry("any", JsonType.VALUE)) : Optional.empty();
  }

  private static String nameOf(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null ? type.getSimpleName() : outer.getSimpleName() + "." + type.getSimpleName();
  }

  private SchemaInfo describe(String name, Class<?> type) {
    if (type.isEnum()) {
      List<String> words = Arrays.stream(type.getEnumConstants()).map(one -> Shape.wireName((Enum<?>) one)).toList();
      return new SchemaInfo.Words(name, words.stream().map(Word::new).toList(), words);
    }
    if (type.isSealed()) {
      return kinds(name, type);
    }
    return new SchemaInfo.Fields(name, fields(type), Optional.empty(), Optional.empty());
  }

  private List<Field> fields(Class<?> record) {
    List<Field> fields = new ArrayList<>();
    for (Shape.Part part : Shape.of(record).parts()) {
      if (part.rest()) {
        continue;
      }
      boolean optional = part.type() instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
      Type type = optional ? ((ParameterizedType) part.type()).getActualTypeArguments()[0] : part.type();
      fields.add(new Field(part.name(), type(type), optional ? Optional.of(JsonNull.NULL) : Optional.empty()));
    }
    return fields;
  }

  /** A sealed interface is an object whose tag has a word for each kind; what a kind has is beside the tag, or below it. */
  private SchemaInfo kinds(String name, Class<?> type) {
    List<Variant> variants = new ArrayList<>();
    String tag = "";
    for (Class<?> kind : type.getPermittedSubclasses()) {
      Branch branch = Shape.of(kind).branch()
          .orElseThrow(() -> new IllegalStateException(kind + " is one of several, and has no tag"));
      tag = branch.tag();
      variants.add(new Variant(branch.value(), branch.flat() ? type(kind) : wrapper(kind)));
    }
    String words = name + ".Kind";
    List<String> cases = variants.stream().map(Variant::tag).toList();
    put(new SchemaInfo.Words(words, cases.stream().map(Word::new).toList(), cases));
    return new SchemaInfo.Fields(name, List.of(new Field(tag, words, Optional.empty())), Optional.of(tag),
        Optional.of(variants));
  }

  private String wrapper(Class<?> kind) {
    String name = nameOf(kind) + ".Wrapper";
    put(new SchemaInfo.Fields(name, List.of(new Field(Branch.DATA, type(kind), Optional.empty())), Optional.empty(),
        Optional.empty()));
    return name;
  }
}
