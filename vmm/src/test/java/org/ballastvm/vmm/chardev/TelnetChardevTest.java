package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.ballastvm.vmm.config.ChardevConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that speaks telnet. */
@Timeout(60)
class TelnetChardevTest {
  private final LoopOfTest test = new LoopOfTest();
  private final FakeFrontend frontend = new FakeFrontend();
  private final Chardev chardev = test.start(new ChardevConfig.Tcp("c", false, "127.0.0.1", 0, true, false, true),
      frontend);

  @AfterEach
  void end() { test.close(); }

  private Socket call() throws Exception {
    String where = chardev.describe();
    assertTrue(where.startsWith("disconnected:telnet:127.0.0.1:"), where);
    return new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(where.replaceAll(".*127.0.0.1:|,.*", "")));
  }

  private static void type(OutputStream out, String text) throws Exception {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  @Test
  void itsCommandsAreNoInputAndItsBreakIsOne() throws Exception {
    try (Socket client = call(); OutputStream out = client.getOutputStream()) {
      type(out, "\377\375\1\377\373\0l\377\372\30\0xterm\377\360s\377");
      frontend.await(seen -> seen.endsWith("ls"));
      type(out, "\363t\377\377!");
      frontend.await(seen -> seen.endsWith("!"));
      assertEquals("<opened>ls<break>t\377!", frontend.seen());
    }
  }

  @Test
  void itIsAskedForEachKeyAndAByteThatWouldBeACommandIsDoubled() throws Exception {
    try (Socket client = call(); InputStream in = client.getInputStream()) {
      frontend.await(seen -> seen.equals("<opened>"));
      test.send(chardev, "a\377b");
      String sent = new String(in.readNBytes(16), StandardCharsets.ISO_8859_1);
      assertEquals("\377\373\1\377\373\3\377\373\0\377\375\0a\377\377b", sent);
    }
  }
}
