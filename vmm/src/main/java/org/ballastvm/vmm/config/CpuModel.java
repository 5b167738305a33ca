package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code -cpu}: the host's processor, with or without some of its features.
 *
 * @param without bits of CPUID that a guest does not get, with all that needs them
 * @param wanted bits by the name that a user asked for them by; a host that lacks one gets a warning
 * @param pmu whether the guest has performance counters
 * @param enforce whether a host that lacks what is wanted is refused
 */
public record CpuModel(List<CpuFeature> without, Map<String, List<CpuFeature>> wanted, boolean pmu, boolean enforce) {
  /** All that KVM supports on the host. */
  public static final CpuModel HOST = new CpuModel(List.of(), Map.of(), true, false);

  /** What else goes with a feature: Intel SDM volume 1, chapters 13 to 18; a star stands for all names that begin so. */
  private static final Map<String, String> NEED_IT = Map.of(
      "xsave", "xsaveopt xsavec xgetbv1 xsaves xfd avx pku mpx amx-tile apxf",
      "avx", "fma f16c avx2 xop fma4 vaes vpclmulqdq sha512 sm3 sm4",
      "avx2", "avx512f avx-*",
      "avx512f", "avx512* avx10",
      "amx-tile", "amx-*",
      "pmu", "pdcm ds dtes64 arch-lbr arch-perfmon-ext perfctr-core perfctr-nb perfctr-llc");
  /** Properties of QEMU's that change nothing here. */
  private static final List<String> EITHER_WAY = List.of("migratable", "check");
  /** Properties of QEMU's that are as they are here. */
  private static final List<String> ALWAYS = List.of("host-phys-bits", "host-cache-info", "kvm");

  /** Copies what is given. */
  public CpuModel {
    without = List.copyOf(without);
    wanted = Map.copyOf(wanted);
  }

  /**
   * Parses.
   *
   * @param text {@code host} or {@code max}, and features: {@code -NAME}, {@code +NAME}, {@code NAME=on|off}
   * @return the model
   * @throws UserError for another model or an unknown feature
   */
  public static CpuModel parse(String text) {
    int comma = text.indexOf(',');
    String model = comma < 0 ? text : text.substring(0, comma);
    if (!model.equals("host") && !model.equals("max")) {
      throw new UserError("-cpu " + model + ": Ballast has only host, which is called max too");
    }
    return comma < 0 ? HOST : withFeatures(text, text.substring(comma + 1).split(",", -1));
  }

  private static CpuModel withFeatures(String text, String... parts) {
    Map<String, Boolean> given = new LinkedHashMap<>();
    for (String part : parts) {
      int equals = part.indexOf('=');
      boolean signed = part.startsWith("-") || part.startsWith("+");
      String name = (signed ? part.substring(1) : equals < 0 ? part : part.substring(0, equals)).replace('_', '-');
      boolean on = signed ? part.startsWith("+") : equals < 0 || isOn(part, part.substring(equals + 1));
      given.remove(name); // The last word counts, and its place.
      given.put(name, on);
    }
    List<CpuFeature> without = new ArrayList<>();
    Map<String, List<CpuFeature>> wanted = new LinkedHashMap<>();
    given.forEach((name, on) -> {
      List<CpuFeature> bits = CpuFeatureNames.find(name);
      if (!on && ALWAYS.contains(name)) {
        throw new UserError("-cpu " + text + ": " + name + " is always on here");
      }
      if (bits.isEmpty() && !isProperty(name)) {
        throw new UserError("-cpu " + text + ": there is no feature '" + name
            + "'; -cpu help lists them, by the names that QEMU and Linux have for them");
      }
      if (!on) {
        remove(name, without);
      } else if (!bits.isEmpty()) {
        wanted.put(name, bits);
      }
    });
    return new CpuModel(without, wanted, given.getOrDefault("pmu", true), given.getOrDefault("enforce", false));
  }

  private static boolean isProperty(String name) {
    return name.equals("pmu") || name.equals("enforce") || EITHER_WAY.contains(name) || ALWAYS.contains(name);
  }

  private static boolean isOn(String part, String value) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default -> throw new UserError("-cpu " + part + ": must be on or off");
    };
  }

  /** Takes a feature away, and what needs it. */
  private static void remove(String name, List<CpuFeature> from) {
    CpuFeatureNames.find(name).stream().filter(bit -> !from.contains(bit)).forEach(from::add);
    for (String needy : NEED_IT.getOrDefault(name, "").split(" ")) {
      if (needy.endsWith("*")) {
        CpuFeatureNames.beginningWith(needy.substring(0, needy.length() - 1)).stream()
            .filter(bit -> !from.contains(bit)).forEach(from::add);
      } else if (!needy.isEmpty()) {
        remove(needy, from);
      }
    }
  }
}
