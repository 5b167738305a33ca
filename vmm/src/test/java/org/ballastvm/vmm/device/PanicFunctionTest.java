package org.ballastvm.vmm.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PanicFunctionTest {
  private final List<String> heard = new ArrayList<>();
  private final PanicFunction function = new PanicFunction(new PanicDevice.Listener() {
    @Override
    public void panicked() { heard.add("panicked"); }

    @Override
    public void crashLoaded() { heard.add("crash loaded"); }
  });

  @Test
  void itIsTheOneThatLinuxHasADriverFor() {
    assertEquals(0x0011_1b36, function.configRead(0, 4));
    assertEquals(3, function.barRead(0, 0, 1));
  }

  @Test
  void theFirstByteIsWhereAPanicIsReported() {
    function.barWrite(0, 0, 1, 1);
    function.barWrite(0, 0, 1, 2);
    function.barWrite(0, 0, 1, 4);
    assertEquals(List.of("panicked", "crash loaded"), heard);
  }

  @Test
  void allElseInItsBarIsNothing() {
    for (int offset = 1; offset < 4096; offset++) {
      function.barWrite(0, offset, 1, 0xff);
      assertEquals(0, function.barRead(0, offset, 1));
    }
    assertEquals(List.of(), heard);
  }
}
