package org.ballastvm.testkit;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts each class into the object that a reader takes it for.
 *
 * <p>A class belongs to the class that it is nested in: they share what is private. A sealed type and the types that it
 * permits are one object, because such a family is one thing with several forms: the sealed type names its forms, each form
 * names it, and none can be understood, or used by a switch, without the others. So are a type and its builder: each makes
 * the other.
 */
final class ObjectSlices implements SliceAssignment {
  private static final String BUILDER = "Builder";

  /** From the name of an outermost class to the name of one that is in the same family; a family's first has no entry. */
  private final Map<String, String> familyOf = new HashMap<>();

  /** Reads which of the classes are sealed. */
  ObjectSlices(JavaClasses classes) {
    for (JavaClass type : classes) {
      for (String permitted : permittedBy(type)) {
        if (classes.contain(permitted)) {
          join(outermost(type), outermost(classes.get(permitted)));
        }
      }
      if (type.getName().endsWith(BUILDER)) {
        String built = type.getName().substring(0, type.getName().length() - BUILDER.length());
        if (classes.contain(built)) {
          join(classes.get(built), type);
        }
      }
    }
  }

  private void join(JavaClass sealed, JavaClass permitted) {
    String family = family(sealed.getName());
    String other = family(permitted.getName());
    if (sealed.getPackageName().equals(permitted.getPackageName()) && !family.equals(other)) {
      familyOf.put(other, family);
    }
  }

  private String family(String name) {
    String family = name;
    for (String next = familyOf.get(family); next != null; next = familyOf.get(family)) {
      family = next;
    }
    return family;
  }

  /** ArchUnit does not know what is sealed, so this looks at the class file. */
  private static List<String> permittedBy(JavaClass type) {
    try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      ClassModel model = ClassFile.of().parse(in.readAllBytes());
      return model.findAttribute(Attributes.permittedSubclasses())
          .map(permitted -> permitted.permittedSubclasses().stream().map(ObjectSlices::name).toList())
          .orElse(List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(ClassEntry entry) { return entry.asInternalName().replace('/', '.'); }

  /** {@return the class that a class is nested in, or itself} */
  static JavaClass outermost(JavaClass type) {
    JavaClass outermost = type;
    while (outermost.getEnclosingClass().isPresent()) {
      outermost = outermost.getEnclosingClass().get();
    }
    return outermost;
  }

  @Override
  public SliceIdentifier getIdentifierOf(JavaClass type) {
    return type.isArray() || type.isPrimitive()
        ? SliceIdentifier.ignore()
        : SliceIdentifier.of(family(outermost(type).getName()));
  }

  @Override
  public String getDescription() { return "objects"; }
}
