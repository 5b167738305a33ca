package org.ballastvm.vmm.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.ballastvm.vmm.config.ImageConfig.Aio;
import org.ballastvm.vmm.config.ImageConfig.Locking;

/** {@code -blockdev} and {@code blockdev-add}: nodes by name. */
public final class BlockdevOptions {
  private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,30}");
  private static final String ALLOWED = "driver, node-name, read-only, auto-read-only, discard, detect-zeroes, force-share,"
      + " cache.direct, cache.no-flush, file, filename, aio, locking";

  private BlockdevOptions() {}

  /** What a node has of the one around it, where it does not say otherwise. */
  private record Inherited(boolean readOnly, boolean direct, boolean noFlush, boolean discard) {
    static final Inherited NOTHING = new Inherited(false, false, false, false);
  }

  /**
   * Puts objects of JSON as QEMU's command line has them: {@code {"file": {"driver": "file"}}} is {@code file.driver=file}.
   *
   * @param given members
   * @return the same, flat
   */
  public static Map<String, Object> flat(Map<String, Object> given) {
    Map<String, Object> all = new LinkedHashMap<>();
    addFlat("", given, all);
    return all;
  }

  private static void addFlat(String prefix, Map<?, ?> given, Map<String, Object> into) {
    given.forEach((key, value) -> {
      if (value instanceof Map<?, ?> nested) {
        addFlat(prefix + key + ".", nested, into);
      } else {
        into.put(prefix + key, value);
      }
    });
  }

  /**
   * Parses.
   *
   * @param values the driver and its options, flat
   * @return the node
   * @throws UserError for what Ballast does not have, by name
   */
  public static BlockdevConfig parse(KeyValues values) {
    String name = values.take("node-name").orElseThrow(() -> values.error("'node-name' must be specified for the root"
        + " node"));
    BlockdevConfig node = node(values, "", Optional.of(nodeName(values, name)), Inherited.NOTHING);
    values.refuseRest(ALLOWED);
    return node;
  }

  /** Checks a name. */
  static String nodeName(KeyValues values, String name) {
    if (!NODE_NAME.matcher(name).matches()) {
      throw values
          .error("Invalid node-name: '" + name + "'; a letter, and then up to 30 letters, digits, '-', '.' and '_'");
    }
    return name;
  }

  private static BlockdevConfig node(KeyValues values, String prefix, Optional<String> name, Inherited around) {
    String driver = values.require(prefix + "driver");
    Inherited own = new Inherited(values.takeBoolean(prefix + "read-only", around.readOnly),
        values.takeBoolean(prefix + "cache.direct", around.direct),
        values.takeBoolean(prefix + "cache.no-flush", around.noFlush),
        ImageOptions.discard(values, prefix + "discard").orElse(around.discard));
    values.takeBoolean(prefix + "auto-read-only", false);
    ImageOptions.onlyOff(values, prefix + "detect-zeroes");
    ImageOptions.onlyOff(values, prefix + "force-share");
    return switch (driver) {
      case BlockdevConfig.RAW -> raw(values, prefix, name, own);
      case "file", "host_device" -> file(values, prefix, name, own, driver);
      default -> throw ImageOptions.refused(values, prefix + "driver", driver);
    };
  }

  private static BlockdevConfig raw(KeyValues values, String prefix, Optional<String> name, Inherited own) {
    for (String key : new String[]{"offset", "size"}) {
      values.take(prefix + key).ifPresent(value -> {
        throw values.error(prefix + key + "=" + value + ": a raw node of Ballast's is all of what is below it");
      });
    }
    Optional<String> reference = values.take(prefix + "file");
    if (reference.isPresent()) {
      return new BlockdevConfig(name, BlockdevConfig.RAW, own.readOnly, Optional.empty(), Optional.empty(), reference);
    }
    Optional<String> childName = values.take(prefix + "file.node-name").map(given -> nodeName(values, given));
    return new BlockdevConfig(name, BlockdevConfig.RAW, own.readOnly, Optional.empty(),
        Optional.of(node(values, prefix + "file.", childName, own)), Optional.empty());
  }

  private static BlockdevConfig file(KeyValues values, String prefix, Optional<String> name, Inherited own,
      String driver) {
    String key = prefix + "filename";
    ImageConfig image = new ImageConfig(ImageOptions.file(values, key, values.require(key)),
        driver.equals("host_device"),
        own.readOnly, own.direct, own.noFlush, ImageOptions.aio(values, prefix + "aio").orElse(Aio.THREADS),
        own.discard, ImageOptions.locking(values, prefix + "locking").orElse(Locking.AUTO), false, false);
    return new BlockdevConfig(name, driver, own.readOnly, Optional.of(image), Optional.empty(), Optional.empty());
  }
}
