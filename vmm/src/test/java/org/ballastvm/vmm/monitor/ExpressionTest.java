package org.ballastvm.vmm.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.ballastvm.vmm.machine.Machine;
import org.ballastvm.vmm.machine.TestMachine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as they are computed at a monitor. Each line was asked of QEMU 7.2, which answers the same. */
@Tag("kvm")
class ExpressionTest {
  private final Machine vm = TestMachine.idle();

  @AfterEach
  void endMachine() { vm.close(); }

  private String say(String line) { return Commands.run(vm, line); }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '@', value = {"print 1+2 > 0x3", "p 0 > 0", "print /d -1 > -1",
      "print /o 8 > 010", "p /o 0 > 0", "print /c 65 > 'A'", "p /c 10 > '\\n'", "print /u -1 > 18446744073709551615",
      "p 'a' > 0x61", "p 7&3+1 > 0x4", "p 2*3+4*5 > 0x1a", "p (1+2)*3 > 0x9", "p 0x10/3%4 > 0x1", "p 1|6^2 > 0x5",
      "p ~0 > 0xffffffffffffffff", "p -(3 - 5) > 0x2", "p +010 > 0x8", "p 0xffffffffffffffff+1 > 0"})
  void isComputedIn64Bits(String line, String value) { assertEquals(value + "\n", say(line)); }

  @ParameterizedTest
  @CsvSource(delimiter = '>', quoteCharacter = '@', value = {"p > unexpected end of expression",
      "p 1/0 > division by zero", "p (1 > ')' expected", "p 'a > missing terminating ' character",
      "p x > invalid char 'x' in expression", "p $ > unknown register", "p $nothing > unknown register",
      "p 99999999999999999999 > number too large", "p 08 > print|p: extraneous characters at the end of line",
      "p 0x > print|p: extraneous characters at the end of line", "p /z 3 > invalid char in format: 'z'"})
  void whatIsNoneIsNamed(String line, String sentence) {
    assertEquals(sentence + "\nTry \"help p\" for more information\n", say(line));
  }

  @Test
  void registersHaveTheirValuesInTheFirstCpu() {
    String all = say("info registers 0");
    String rip = all.substring(all.indexOf("RIP=") + 4).substring(0, 16);
    assertEquals(Long.parseUnsignedLong(rip, 16), Long.decode(say("print $rip").strip()));
    assertEquals("0x2\n", say("print $eflags"));
    assertEquals("0x10\n", say("print $cs"));
  }
}
