package org.ballastvm.vmm.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.ballastvm.kvm.CpuidEntry;
import org.junit.jupiter.api.Test;

/** The name of a processor on its way from the host's kernel to a guest's CPUID. */
class CpuNameTest {
  private static final String CPUINFO = "processor\t: 0\nmodel\t\t: 143\nmodel name\t: A CPU @ 2.00GHz\nstepping\t: 8\n";

  @Test
  void itIsTheFirstModelNameThatTheKernelNames() {
    assertEquals("A CPU @ 2.00GHz", CpuName.readFrom(CPUINFO + CPUINFO.replace("A CPU", "B")).text());
  }

  @Test
  void aKernelThatNamesNoneOrIsCutOffInItHasNone() {
    assertEquals("", CpuName.readFrom("processor\t: 0\nmodel\t\t: 143\n").text());
    assertEquals("", CpuName.readFrom(CPUINFO.substring(0, CPUINFO.indexOf("GHz"))).text());
  }

  @Test
  void threeLeavesHoldIt() {
    String longest = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL";
    assertEquals(longest, leaves(new CpuName(longest + " and more")));
    assertEquals("A CPU", leaves(new CpuName("A CPU")).replace("\0", ""));
    assertEquals(48, leaves(new CpuName("")).length());
  }

  @Test
  void aLeafThatSaysSomethingStaysAsItIs() {
    CpuidEntry leaf = new CpuidEntry(0x8000_0002, 0, 0, 0, 0, 0, 1);
    assertEquals(leaf, new CpuName("A CPU").fill(leaf, 0));
  }

  private static String leaves(CpuName name) {
    ByteBuffer bytes = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 3; i++) {
      CpuidEntry leaf = name.fill(new CpuidEntry(0x8000_0002 + i, 0, 0, 0, 0, 0, 0), i);
      assertEquals(0x8000_0002 + i, leaf.function());
      bytes.putInt(leaf.eax()).putInt(leaf.ebx()).putInt(leaf.ecx()).putInt(leaf.edx());
    }
    return new String(bytes.array(), StandardCharsets.US_ASCII);
  }
}
