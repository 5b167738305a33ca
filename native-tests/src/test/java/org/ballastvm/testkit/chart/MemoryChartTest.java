package org.ballastvm.testkit.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class MemoryChartTest {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9.]+");
  /** Attributes that place something, and how far right or down the drawing reaches. */
  private static final List<String> ACROSS = List.of("x", "x1", "x2", "cx", "width");
  private static final List<String> DOWN = List.of("y", "y1", "y2", "cy", "height");
  private static final int WIDTH = 980;
  private static final int HEIGHT = 480;

  private static final List<Phase> PHASES = List.of(new Phase(0, "booted"), new Phase(2, "balloon 512"));
  private static final List<MemorySample> SAMPLES = List.of(new MemorySample(0, 973, 1024, 870, 140),
      new MemorySample(1, 973, 1024, 871, 141), new MemorySample(2.5, 461, 512, 368, 100));

  private static Document draw(List<MemorySample> samples, List<Phase> phases) throws Exception {
    Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
        .parse(new InputSource(new StringReader(MemoryChart.of("title", "about", samples, phases))));
    requireInside(document);
    return document;
  }

  /** Nothing lies outside the drawing, and nothing is no number. */
  private static void requireInside(Document document) {
    NodeList all = document.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      ACROSS.forEach(name -> requireInside(element, name, element.getAttribute(name), WIDTH));
      DOWN.forEach(name -> requireInside(element, name, element.getAttribute(name), HEIGHT));
      for (String point : element.getAttribute("points").split(" ")) {
        String[] both = point.split(",");
        requireInside(element, "points", both[0], WIDTH);
        requireInside(element, "points", both.length > 1 ? both[1] : "", HEIGHT);
      }
    }
  }

  private static void requireInside(Element element, String name, String value, int most) {
    if (!value.isEmpty()) {
      assertTrue(NUMBER.matcher(value).matches(), element.getTagName() + " " + name + "=" + value);
      double number = Double.parseDouble(value);
      assertTrue(number >= 0 && number <= most, element.getTagName() + " " + name + "=" + value);
    }
  }

  private static List<String> texts(Document document, String kind) {
    NodeList all = document.getElementsByTagName("text");
    return IntStream.range(0, all.getLength()).mapToObj(i -> (Element) all.item(i))
        .filter(text -> text.getAttribute("class").startsWith(kind)).map(Element::getTextContent).toList();
  }

  @Test
  void aRunHasALineForEachMeasureItsPhasesItsUnitsAndItsWords() throws Exception {
    Document chart = draw(SAMPLES, PHASES);
    assertEquals(4, chart.getElementsByTagName("polyline").getLength());
    assertEquals(1, chart.getElementsByTagName("polygon").getLength(), "the area below the host's line");
    assertEquals(List.of("booted", "balloon 512"), texts(chart, "phase"));
    assertEquals(List.of("balloon: actual 512 MiB", "guest: MemTotal 461 MiB", "guest: MemAvailable 368 MiB",
        "host: resident 100 MiB"), texts(chart, "label"), "from above to below");
    assertTrue(texts(chart, "small").containsAll(List.of("MiB", "seconds since the guest was up", "0", "1024")));
    assertEquals("img", chart.getDocumentElement().getAttribute("role"));
    assertEquals("Memory in MiB over 3 seconds."
        + " From 0 s, booted; at its end: host: resident 141, guest: MemTotal 973, balloon: actual 1024,"
        + " guest: MemAvailable 871."
        + " From 2 s, balloon 512; at its end: host: resident 100, guest: MemTotal 461, balloon: actual 512,"
        + " guest: MemAvailable 368.", chart.getElementsByTagName("desc").item(0).getTextContent());
  }

  @Test
  void theSameSamplesMakeTheSameDrawingInEveryLocale() {
    Locale before = Locale.getDefault();
    String first = MemoryChart.of("t", "a", SAMPLES, PHASES);
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG"));
      assertEquals(first, MemoryChart.of("t", "a", SAMPLES, PHASES));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void itIsReadableOnLightAndOnDarkGround() {
    String chart = MemoryChart.of("t", "a", SAMPLES, PHASES);
    assertTrue(chart.contains("@media (prefers-color-scheme: dark)"));
    for (String measure : List.of("total", "actual", "available", "resident")) {
      assertEquals(2, chart.split("\\.line\\." + measure + " \\{", -1).length - 1, measure);
    }
  }

  @Test
  void withoutSamplesItSaysSo() throws Exception {
    Document chart = draw(List.of(), List.of());
    assertEquals(List.of(), texts(chart, "label"));
    assertTrue(texts(chart, "small").contains("no samples"));
    draw(List.of(), PHASES);
  }

  @Test
  void oneSampleIsADotForEachMeasure() throws Exception {
    Document chart = draw(SAMPLES.subList(0, 1), PHASES.subList(0, 1));
    assertEquals(4, chart.getElementsByTagName("circle").getLength());
    assertEquals(0, chart.getElementsByTagName("polyline").getLength());
  }

  @Test
  void whatIsNotKnownIsAGap() throws Exception {
    List<MemorySample> samples = new ArrayList<>(SAMPLES);
    samples.add(new MemorySample(3, MemorySample.UNKNOWN, 512, MemorySample.UNKNOWN, 100));
    samples.add(new MemorySample(4, 460, 512, MemorySample.UNKNOWN, 100));
    samples.add(new MemorySample(5, 460, 512, MemorySample.UNKNOWN, 100));
    Document chart = draw(samples, PHASES);
    assertEquals(5, chart.getElementsByTagName("polyline").getLength(), "MemTotal is in two pieces");
    assertTrue(texts(chart, "label").contains("guest: MemAvailable 368 MiB"), "the last that is known");
  }

  @Test
  void valuesThatCannotBeAreLeftOut() throws Exception {
    List<MemorySample> samples = List.of(new MemorySample(0, Long.MAX_VALUE, 1024, Long.MIN_VALUE, 1L << 40),
        new MemorySample(Double.NaN, 1, 1, 1, 1), new MemorySample(Double.POSITIVE_INFINITY, 1, 1, 1, 1),
        new MemorySample(-1, 1, 1, 1, 1), new MemorySample(2, 973, 1024, 870, 140), new MemorySample(1, 5, 5, 5, 5));
    Document chart = draw(samples, List.of(new Phase(Double.NaN, "never"), new Phase(-5, "before")));
    assertEquals(List.of(), texts(chart, "phase"));
    assertEquals(3, chart.getElementsByTagName("circle").getLength());
    assertEquals(1, chart.getElementsByTagName("polyline").getLength(), "actual alone has two values");
    assertTrue(texts(chart, "small").contains("1024"), "the scale is that of what can be");
  }

  @Test
  void namesAreTextWhateverIsInThem() throws Exception {
    String name = "</text><script>alert(1)</script>\u0000\u001b";
    Document chart = draw(SAMPLES, List.of(new Phase(0, name), new Phase(1, "x".repeat(1000))));
    assertEquals(0, chart.getElementsByTagName("script").getLength());
    assertEquals(32, texts(chart, "phase").getLast().length(), "cut, as it has no room");
    assertTrue(MemoryChart.of(name, name, SAMPLES, PHASES).contains("&lt;script&gt;"));
  }

  @Test
  void aNameThatReachesIntoTheNextPhaseStandsAboveItsName() throws Exception {
    Document chart = draw(SAMPLES, List.of(new Phase(0, "far longer than its phase"), new Phase(0.1, "next"),
        new Phase(2, "last")));
    NodeList texts = chart.getElementsByTagName("text");
    List<String> places = IntStream.range(0, texts.getLength()).mapToObj(i -> (Element) texts.item(i))
        .filter(text -> text.getAttribute("class").equals("phase")).map(text -> text.getAttribute("y")).toList();
    assertEquals(List.of("102.0", "117.0", "117.0"), places);
  }

  @Test
  void whateverComesIsADocument() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<MemorySample> samples = random.ints(random.nextInt(20)).mapToObj(i -> new MemorySample(
          random.nextInt(10) == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextInt(100),
          random.nextLong() >> random.nextInt(64), random.nextLong() >> random.nextInt(64), random.nextInt(2048),
          random.nextInt(3) - 1L)).toList();
      List<Phase> phases = random.ints(random.nextInt(9))
          .mapToObj(i -> new Phase(random.nextInt(200) - 50, "p" + i)).toList();
      try {
        draw(samples, phases);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertFalse(MemoryChart.of("t", "a", List.of(), List.of()).contains("NaN"));
  }
}
