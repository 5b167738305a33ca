package org.ballastvm.vmm.monitor;

import java.math.BigDecimal;
import java.math.MathContext;
import org.ballastvm.vmm.qom.Property;
import org.ballastvm.vmm.qom.PropertyType;
import org.ballastvm.vmm.qom.QomNode;

/** Properties with their values, as {@code info qtree} prints them. */
final class PropertyText {
  private static final String UNITS = "KMGTPE";
  private static final MathContext THREE_DIGITS = new MathContext(3);

  private PropertyText() {}

  /** A line for each property, but for those that are shown as records. */
  static void append(StringBuilder text, String indent, QomNode node) {
    for (Property property : node.properties()) {
      if (!(property.type() instanceof PropertyType.Struct)) {
        text.append(indent).append(property.name()).append(" = ").append(show(property)).append('\n');
      }
    }
  }

  private static String show(Property property) {
    Object value = property.getter().get();
    if (value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Number number) {
      long whole = number.longValue();
      return property.type().name().equals("size")
          ? whole + " (" + size(whole) + ")"
          : whole + " (0x" + Long.toHexString(whole) + ")";
    }
    return "\"" + value + "\"";
  }

  /** In the largest unit below it, with three digits at most. */
  private static String size(long bytes) {
    int unit = Math.max(0, (63 - Long.numberOfLeadingZeros(bytes | 1)) / 10);
    BigDecimal shown = BigDecimal.valueOf(bytes).divide(BigDecimal.valueOf(1L << 10 * unit), THREE_DIGITS);
    String number = shown.stripTrailingZeros().toPlainString();
    return number + " " + (unit == 0 ? "B" : UNITS.charAt(unit - 1) + "iB");
  }
}
