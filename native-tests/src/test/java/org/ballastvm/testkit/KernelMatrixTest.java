package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** The table says of each test how it ended on each kernel. */
class KernelMatrixTest {
  private final KernelMatrix matrix = new KernelMatrix();

  @BeforeEach
  void fourTestsOnTwoKernels() {
    matrix.announce("BalloonIT.inflates", "debian:6.1");
    matrix.note("BalloonIT.inflates", "debian:6.1", new KernelMatrix.Passed(3249));
    matrix.note("BalloonIT.inflates", "./a<b", new KernelMatrix.Failed(12_000, "expected <1> & was: <2>"));
    matrix.announce("AnyIT.hangs", "debian:6.1");
    matrix.note("AnyIT.hangs", "./a<b", new KernelMatrix.Skipped("kernel ./a<b: there is no such file"));
  }

  @Test
  void asMarkdown() { assertEquals("""
      # Tests by kernel

      | test | `debian:6.1` | `./a<b` |
      |---|---|---|
      | AnyIT.hangs | UNFINISHED | skipped |
      | BalloonIT.inflates | passed 3.2 s | FAILED 12.0 s |

      - AnyIT.hangs on ./a\\<b was skipped: kernel ./a\\<b: there is no such file
      - BalloonIT.inflates on ./a\\<b: expected \\<1\\> & was: \\<2\\>
      """, matrix.markdown()); }

  @Test
  void asHtmlThatIsWellFormed() throws ParserConfigurationException, IOException, SAXException {
    String page = matrix.html().replace("<!DOCTYPE html>\n", "").replace("<meta charset=\"utf-8\">", "");
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(page)));
    assertEquals(3 * 3,
        document.getElementsByTagName("th").getLength() + document.getElementsByTagName("td").getLength());
    assertEquals("BalloonIT.inflates on ./a<b: expected <1> & was: <2>",
        document.getElementsByTagName("li").item(1).getTextContent());
    assertTrue(page.contains("<td class=\"failed\">UNFINISHED</td>"));
  }

  @Test
  void nothingIsWrittenOfNothing() {
    assertTrue(new KernelMatrix().isEmpty());
    assertFalse(matrix.isEmpty());
  }
}
