package org.ballastvm.vmm.gdb;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The registers that a client sees, in their order, and the description of them that it is given: GDB's manual, appendix G. Names
 * and sizes are those of GDB's features for x86-64; the system registers have QEMU's names.
 */
final class Registers64 {
  /**
   * One of them.
   *
   * @param name GDB's
   * @param bits a multiple of 8
   * @param type in the description
   */
  record Register(String name, int bits, String type) {
    int bytes() { return bits / 8; }
  }

  /** Registers that GDB knows together. */
  private record Feature(String name, String types, List<Register> registers) {}

  private static final String FLAGS = """
      <flags id="i386_eflags" size="4">
      <field name="CF" start="0" end="0"/><field name="PF" start="2" end="2"/><field name="AF" start="4" end="4"/>
      <field name="ZF" start="6" end="6"/><field name="SF" start="7" end="7"/><field name="TF" start="8" end="8"/>
      <field name="IF" start="9" end="9"/><field name="DF" start="10" end="10"/><field name="OF" start="11" end="11"/>
      <field name="NT" start="14" end="14"/><field name="RF" start="16" end="16"/><field name="VM" start="17" end="17"/>
      <field name="AC" start="18" end="18"/><field name="VIF" start="19" end="19"/>
      <field name="VIP" start="20" end="20"/><field name="ID" start="21" end="21"/>
      </flags>
      """;
  private static final String VECTORS = """
      <vector id="v4f" type="ieee_single" count="4"/><vector id="v2d" type="ieee_double" count="2"/>
      <vector id="v16i8" type="int8" count="16"/><vector id="v8i16" type="int16" count="8"/>
      <vector id="v4i32" type="int32" count="4"/><vector id="v2i64" type="int64" count="2"/>
      <union id="vec128">
      <field name="v4_float" type="v4f"/><field name="v2_double" type="v2d"/><field name="v16_int8" type="v16i8"/>
      <field name="v8_int16" type="v8i16"/><field name="v4_int32" type="v4i32"/><field name="v2_int64" type="v2i64"/>
      <field name="uint128" type="uint128"/>
      </union>
      """;
  private static final List<Feature> FEATURES = List.of(
      new Feature("org.gnu.gdb.i386.core", FLAGS, core()),
      new Feature("org.gnu.gdb.i386.sse", VECTORS, sse()),
      new Feature("org.gnu.gdb.i386.segments", "", longs("fs_base", "gs_base")),
      new Feature("org.ballastvm.i386.system", "", longs("k_gs_base", "cr0", "cr2", "cr3", "cr4", "cr8", "efer")));
  static final List<Register> ALL = FEATURES.stream().flatMap(feature -> feature.registers.stream()).toList();
  static final int BYTES = ALL.stream().mapToInt(Register::bytes).sum();

  private Registers64() {}

  private static List<Register> core() {
    List<Register> all = new ArrayList<>();
    for (String name : List.of("rax", "rbx", "rcx", "rdx", "rsi", "rdi")) {
      all.add(new Register(name, 64, "int64"));
    }
    all.add(new Register("rbp", 64, "data_ptr"));
    all.add(new Register("rsp", 64, "data_ptr"));
    IntStream.range(8, 16).forEach(i -> all.add(new Register("r" + i, 64, "int64")));
    all.add(new Register("rip", 64, "code_ptr"));
    all.add(new Register("eflags", 32, "i386_eflags"));
    for (String name : List.of("cs", "ss", "ds", "es", "fs", "gs")) {
      all.add(new Register(name, 32, "int32"));
    }
    IntStream.range(0, 8).forEach(i -> all.add(new Register("st" + i, 80, "i387_ext")));
    for (String name : List.of("fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop")) {
      all.add(new Register(name, 32, "int"));
    }
    return all;
  }

  private static List<Register> sse() {
    List<Register> all = new ArrayList<>();
    IntStream.range(0, 16).forEach(i -> all.add(new Register("xmm" + i, 128, "vec128")));
    all.add(new Register("mxcsr", 32, "int"));
    return all;
  }

  private static List<Register> longs(String... names) {
    return List.of(names).stream().map(name -> new Register(name, 64, "int64")).toList();
  }

  /** Where a register is among the bytes of all. */
  static int offset(int number) {
    return ALL.subList(0, number).stream().mapToInt(Register::bytes).sum();
  }

  static String description() {
    StringBuilder xml = new StringBuilder("""
        <?xml version="1.0"?>
        <!DOCTYPE target SYSTEM "gdb-target.dtd">
        <target>
        <architecture>i386:x86-64</architecture>
        """);
    for (Feature feature : FEATURES) {
      xml.append("<feature name=\"").append(feature.name).append("\">\n").append(feature.types);
      for (Register register : feature.registers) {
        xml.append("<reg name=\"").append(register.name).append("\" bitsize=\"").append(register.bits)
            .append("\" type=\"").append(register.type).append("\"/>\n");
      }
      xml.append("</feature>\n");
    }
    return xml.append("</target>\n").toString();
  }
}
