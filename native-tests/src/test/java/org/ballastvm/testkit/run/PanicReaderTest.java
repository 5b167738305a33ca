package org.ballastvm.testkit.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a kernel says of its end. */
class PanicReaderTest {
  @Test
  void aPanicIsTheVerdictAndTheTroubleBeforeItTheReport() { assertEquals(Optional.of("""
      Kernel panic - not syncing: Fatal exception
      BUG: kernel NULL pointer dereference, address: 0000000000000000
      Oops: 0002 [#1] PREEMPT SMP NOPTI
      Kernel panic - not syncing: Fatal exception"""), PanicReader.read("""
      [    0.100000] all is well
      [    1.234567] BUG: kernel NULL pointer dereference, address: 0000000000000000
      [    1.234568] Oops: 0002 [#1] PREEMPT SMP NOPTI
      [    1.234569] Kernel panic - not syncing: Fatal exception""")); }

  @Test
  void anEndWithoutAPanicIsNoCrash() {
    assertEquals(Optional.empty(), PanicReader.read("[    1.0] BUG: scheduling while atomic\n[    2.0] reboot"));
  }
}
