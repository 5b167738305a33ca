package org.ballastvm.vmm.qmp;

import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.wire.Branch;
import org.ballastvm.vmm.wire.Member;

/** An entry of the schema, as QEMU's introspection has it. Names of types mean nothing: clients look up what they are. */
sealed interface SchemaInfo extends Branch.Of {
  /** {@return what commands, events and types refer to it by} */
  String name();

  /** The type of a JSON value. */
  enum JsonType {
    STRING, NUMBER, INT, BOOLEAN, NULL, OBJECT, ARRAY, VALUE
  }

  /** A type that needs no description. */
  @Branch(value = "builtin", tag = "meta-type", flat = true)
  record Builtin(String name, JsonType jsonType) implements SchemaInfo {}

  /** A type of a few words. */
  @Branch(value = "enum", tag = "meta-type", flat = true)
  record Words(String name, List<Word> members,
      @Member("the members' names, for older clients") List<String> values) implements SchemaInfo {}

  /** A word. */
  record Word(String name) {}

  /** A type of lists. */
  @Branch(value = "array", tag = "meta-type", flat = true)
  record Array(String name, @Member("what is in it") String elementType) implements SchemaInfo {}

  /** A type of objects. */
  @Branch(value = "object", tag = "meta-type", flat = true)
  record Fields(String name, List<Field> members,
      @Member("the member whose value names the kind, if there are kinds") Optional<String> tag,
      Optional<List<Variant>> variants) implements SchemaInfo {}

  /**
   * A member of an object. Where there is a default, the member may be missing; null stands for a default that is not given.
   */
  record Field(String name, String type,
      @Member(value = "there if the member may be missing", name = "default") Optional<Object> fallback) {}

  /** What an object has besides, if its tag has a value. */
  record Variant(@Member(value = "the value", name = "case") String tag, @Member("an object type") String type) {}

  /** A command. */
  @Branch(value = "command", tag = "meta-type", flat = true)
  record Command(String name, @Member("what it takes, an object type") String argType,
      @Member("what it answers") String retType,
      @Member("what there is to know of it, if anything") Optional<List<String>> features) implements SchemaInfo {}

  /** An event. */
  @Branch(value = "event", tag = "meta-type", flat = true)
  record Event(String name, @Member("its data, an object type") String argType) implements SchemaInfo {}
}
