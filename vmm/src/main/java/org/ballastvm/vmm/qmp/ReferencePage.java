package org.ballastvm.vmm.qmp;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.ballastvm.vmm.control.QmpCommand;
import org.ballastvm.vmm.event.MachineEvent;
import org.ballastvm.vmm.event.Summary;
import org.ballastvm.vmm.wire.Branch;
import org.ballastvm.vmm.wire.Shape;

/** The page about the machine protocol: its head is written by hand, the rest by the classes. */
final class ReferencePage {
  private static final String INDENT = "  ";

  private final StringBuilder page = new StringBuilder();

  private ReferencePage() {}

  /**
   * Writes the page: {@code mvn process-classes -Pwrite-docs}.
   *
   * @param arguments the file with the head, and the page
   * @throws IOException if a file cannot be had
   */
  public static void main(String[] arguments) throws IOException {
    Path page = Path.of(arguments[1]);
    String text = of(Files.readString(Path.of(arguments[0])));
    if (!Files.exists(page) || !Files.readString(page).equals(text)) {
      Files.writeString(page, text);
    }
  }

  static String of(String head) {
    ReferencePage page = new ReferencePage();
    page.page.append(head.stripTrailing()).append("\n\n## Commands\n");
    QmpCommands.ALL.stream().sorted(Comparator.comparing(QmpCommand::name)).forEach(page::add);
    page.page.append("\n## Events\n");
    MachineEvent.kinds().stream().sorted(Comparator.comparing(MachineEvent::nameOf)).forEach(page::add);
    return page.page.toString();
  }

  private void add(QmpCommand<?, ?> command) {
    Signature<?> signature = Signature.of(command);
    page.append("\n### `").append(command.name()).append("`\n\n").append(command.help()).append('\n');
    if (signature.arguments().getRecordComponents().length > 0) {
      page.append("\nArguments:\n\n");
      members(signature.arguments(), "", List.of());
    }
    if (signature.result() != QmpCommand.Done.class) {
      page.append("\nReturns ").append(word(signature.result()));
      Optional<Class<?>> below = below(signature.result());
      page.append(below.isPresent() ? ":\n\n" : ".\n");
      below.ifPresent(type -> members(type, "", List.of()));
    }
  }

  private void add(Class<? extends MachineEvent> event) {
    page.append("\n### `").append(MachineEvent.nameOf(event)).append("`\n\n")
        .append(event.getAnnotation(Summary.class).value()).append('\n');
    if (event.getRecordComponents().length > 0) {
      page.append("\nData:\n\n");
      members(event, "", List.of());
    }
  }

  /** A line for each member, and below it those of what it holds; a type within itself is listed once. */
  private void members(Class<?> type, String indent, List<Class<?>> within) {
    if (within.contains(type)) {
      return;
    }
    List<Class<?>> here = Stream.concat(within.stream(), Stream.of(type)).toList();
    if (type.isSealed()) {
      for (Class<?> kind : type.getPermittedSubclasses()) {
        Branch branch = Shape.of(kind).branch().orElseThrow();
        page.append(indent).append("- `").append(branch.tag()).append("` is `").append(branch.value()).append('`')
            .append(branch.flat() ? "" : ", and `" + Branch.DATA + "` has").append('\n');
        members(kind, indent + INDENT, here);
      }
      return;
    }
    for (Shape.Part part : Shape.of(type).parts()) {
      page.append(indent).append("- ").append(line(part)).append('\n');
      below(part.type()).ifPresent(inner -> members(inner, indent + INDENT, here));
    }
  }

  private static String line(Shape.Part part) {
    String doc = part.doc().isEmpty() ? "" : ": " + part.doc();
    if (part.rest()) {
      return "all others" + doc;
    }
    boolean optional = part.type() instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    return "`" + part.name() + "` (" + word(part.type()) + (optional ? ", may be missing" : "") + ")" + doc;
  }

  /** What a value is, in a word that JSON has. */
  private static String word(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type inner = generic.getActualTypeArguments()[0];
      return generic.getRawType() == Optional.class ? word(inner) : "array of " + plural(word(inner));
    }
    if (type == String.class) {
      return "string";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "boolean";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "integer";
    }
    if (type instanceof Class<?> plain && plain.isEnum()) {
      StringJoiner words = new StringJoiner(", ");
      Arrays.stream(plain.getEnumConstants()).forEach(one -> words.add("`" + Shape.wireName((Enum<?>) one) + "`"));
      return plain.getEnumConstants().length == 1 ? words.toString() : "one of " + words;
    }
    return type == Object.class ? "any value" : "object";
  }

  private static String plural(String word) {
    return word.contains("`") ? word : word.equals("any value") ? "any values" : word + "s";
  }

  /** The record, or the kinds, that a value holds in the end. */
  private static Optional<Class<?>> below(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic.getRawType() == Map.class ? Optional.empty() : below(generic.getActualTypeArguments()[0]);
    }
    return type instanceof Class<?> plain && (plain.isRecord() || plain.isSealed() && plain.isInterface())
        ? Optional.of(plain)
        : Optional.empty();
  }
}
