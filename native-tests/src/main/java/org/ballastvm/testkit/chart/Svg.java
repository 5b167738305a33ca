package org.ballastvm.testkit.chart;

import java.util.Locale;

/** Parts of SVG documents. Numbers are written the same in every locale. */
public final class Svg {
  private static final int REPLACEMENT = 0xfffd;

  private Svg() {}

  /**
   * An element with a text in it.
   *
   * @param x where it is anchored, in pixels
   * @param y its base line, in pixels
   * @param kind its class in the style sheet
   * @param anchor {@code start}, {@code middle} or {@code end}
   * @param words any text
   * @return a line of the document
   */
  public static String text(double x, double y, String kind, String anchor, String words) {
    return String.format(Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", kind,
        x, y, anchor, escaped(words));
  }

  /**
   * A text as it may stand in an element or an attribute. What XML 1.0 allows nowhere (2.2) is replaced.
   *
   * @param text any
   * @return the same for a document
   */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints().forEach(point -> {
      switch (point) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        default -> escaped.appendCodePoint(isAllowed(point) ? point : REPLACEMENT);
      }
    });
    return escaped.toString();
  }

  private static boolean isAllowed(int point) {
    return point >= 0x20 && point < 0xd800 || point > 0xdfff && point != 0xfffe && point != 0xffff || point == '\t'
        || point == '\n';
  }

  /**
   * A step of 1, 2 or 5 times a power of ten between the ticks of an axis.
   *
   * @param most what the axis reaches to; where it is not above zero, the step is 1
   * @param mostTicks how many steps there may be, above zero
   * @return the smallest such step
   */
  public static double step(double most, int mostTicks) {
    if (most <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(most / mostTicks)));
    for (int factor : new int[]{1, 2, 5}) {
      if (most / (factor * power) <= mostTicks) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
