package org.ballastvm.acpi;

import java.util.List;

/** What a list of terms is made of: declarations and statements (ACPI 6.5, 20.2.5). Terms are data; {@link AmlCode} encodes them. */
public sealed interface AmlTerm permits AmlExpression, AmlTerm.Scope, AmlTerm.Device, AmlTerm.Name, AmlTerm.Method,
    AmlTerm.OperationRegion, AmlTerm.Field, AmlTerm.CreateField, AmlTerm.Mutex, AmlTerm.If, AmlTerm.While,
    AmlTerm.Return,
    AmlTerm.Notify, AmlTerm.Release, AmlTerm.Sleep, AmlTerm.Jump {

  /** Opens a scope that exists. */
  record Scope(NamePath path, List<AmlTerm> body) implements AmlTerm {
    public Scope {
      body = List.copyOf(body);
    }
  }

  /** Declares a device. */
  record Device(NamePath path, List<AmlTerm> body) implements AmlTerm {
    public Device {
      body = List.copyOf(body);
    }
  }

  /** Declares a data object. */
  record Name(NamePath path, AmlValue value) implements AmlTerm {}

  /** Declares a method of 0 to 7 arguments. */
  record Method(NamePath path, int argumentCount, boolean serialized, List<AmlTerm> body) implements AmlTerm {
    public Method {
      if (argumentCount < 0 || argumentCount > 7) {
        throw new IllegalArgumentException(path + ": a method takes 0 to 7 arguments, not " + argumentCount);
      }
      body = List.copyOf(body);
    }
  }

  /** The address spaces of operation regions (ACPI 6.5, 19.6.100). */
  enum RegionSpace {
    SYSTEM_MEMORY(0), SYSTEM_IO(1), PCI_CONFIG(2);

    final int code;

    RegionSpace(int code) { this.code = code; }
  }

  /** Declares a window onto registers. */
  record OperationRegion(NamePath path, RegionSpace space, AmlValue offset, AmlValue lengthBytes) implements AmlTerm {}

  /** The width of an access to a field (ACPI 6.5, 19.6.48). */
  enum FieldAccess {
    ANY(0), BYTE(1), WORD(2), DWORD(3), QWORD(4);

    final int code;

    FieldAccess(int code) { this.code = code; }
  }

  /** What a write to a part of a register does with the rest of it. */
  enum FieldUpdate {
    PRESERVE(0), WRITE_AS_ONES(1), WRITE_AS_ZEROS(2);

    final int code;

    FieldUpdate(int code) { this.code = code; }
  }

  /** A piece of a field: named, or skipped. */
  sealed interface FieldUnit {
    /** How many bits it takes. */
    int bits();
  }

  /** A named piece; its name is one segment. */
  record NamedUnit(String name, int bits) implements FieldUnit {}

  /** A piece that is skipped. */
  record Reserved(int bits) implements FieldUnit {}

  /** Declares names for the bits of a region, from its first. */
  record Field(NamePath region, FieldAccess access, boolean locked, FieldUpdate update, List<FieldUnit> units)
      implements
        AmlTerm {
    public Field {
      units = List.copyOf(units);
    }
  }

  /** The width of a number in a buffer. */
  enum BufferWidth {
    BYTE(0x8c), WORD(0x8b), DWORD(0x8a), QWORD(0x8f);

    final int opcode;

    BufferWidth(int opcode) { this.opcode = opcode; }
  }

  /** Declares a name for a number inside a buffer. */
  record CreateField(BufferWidth width, AmlValue buffer, AmlValue offsetBytes, NamePath name) implements AmlTerm {}

  /** Declares a mutex of sync level 0 to 15. */
  record Mutex(NamePath path, int syncLevel) implements AmlTerm {
    public Mutex {
      if (syncLevel < 0 || syncLevel > 15) {
        throw new IllegalArgumentException(path + ": a sync level is 0 to 15, not " + syncLevel);
      }
    }
  }

  /** Runs {@code then} or {@code otherwise}, which may be empty. */
  record If(AmlValue condition, List<AmlTerm> then, List<AmlTerm> otherwise) implements AmlTerm {
    public If {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  /** Runs {@code body} as long as the condition holds. */
  record While(AmlValue condition, List<AmlTerm> body) implements AmlTerm {
    public While {
      body = List.copyOf(body);
    }
  }

  /** Ends the method with a result. */
  record Return(AmlValue value) implements AmlTerm {}

  /** Notifies the operating system of a device. */
  record Notify(AmlTarget device, AmlValue value) implements AmlTerm {}

  /** Gives a mutex back. */
  record Release(AmlTarget mutex) implements AmlTerm {}

  /** Waits. */
  record Sleep(AmlValue millis) implements AmlTerm {}

  /** Statements without operands. */
  enum Jump implements AmlTerm {
    BREAK(0xa5), CONTINUE(0x9f), NO_OPERATION(0xa3);

    final int opcode;

    Jump(int opcode) { this.opcode = opcode; }
  }
}
