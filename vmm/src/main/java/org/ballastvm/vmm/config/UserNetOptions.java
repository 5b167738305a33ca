package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code -netdev user} takes: QEMU's words, as far as passt can do what they say. */
final class UserNetOptions {
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
  private static final Pattern FORWARD = Pattern.compile("(?:(tcp|udp):)?([^:]*):([0-9]+)-([^:]*):([0-9]+)");

  /** What slirp has and passt does not. */
  private static final List<String> SLIRP = List.of("restrict", "tftp", "tftp-server-name", "bootfile", "smb",
      "smbserver", "guestfwd", "dhcpstart", "ipv6-net", "ipv6-prefix", "ipv6-prefixlen", "ipv6-host", "ipv6-dns",
      "domainname", "hostname");
  private static final String ALLOWED = "hostfwd, net, host, dns, dnssearch, ipv4, ipv6";

  private UserNetOptions() {}

  /** Throws UserError for what passt cannot do, and for values that are none. */
  static UserNetConfig parse(KeyValues values) {
    for (String slirp : SLIRP) {
      values.take(slirp).ifPresent(given -> {
        throw values.error(slirp + "=" + given + ": passt, by which this network is, does not have it; there are "
            + ALLOWED);
      });
    }
    Optional<String> net = values.take("net");
    Optional<String> address = net.map(text -> address(values, "net", text.contains("/")
        ? text.substring(0, text.indexOf('/'))
        : text)).map(text -> guestAddress(values, text));
    UserNetConfig config = new UserNetConfig(forwards(values, address), address,
        net.filter(text -> text.contains("/")).map(text -> prefix(values, text)),
        values.take("host").map(text -> address(values, "host", text)),
        values.take("dns").map(text -> address(values, "dns", text)),
        values.take("dnssearch").map(List::of).orElse(List.of()),
        values.takeBoolean("ipv4", true), values.takeBoolean("ipv6", true));
    values.refuseRest(ALLOWED);
    if (!config.ipv4() && !config.ipv6()) {
      throw values.error("ipv4=off and ipv6=off leave no network; one must be on");
    }
    return config;
  }

  /** QEMU names a network, of which the guest has the fifteenth address; a whole address is the guest's own. */
  private static String guestAddress(KeyValues values, String text) {
    return text.endsWith(".0") ? text.substring(0, text.length() - 1) + "15" : address(values, "net", text);
  }

  private static int prefix(KeyValues values, String net) {
    String text = net.substring(net.indexOf('/') + 1);
    if (text.matches("[0-9]{1,2}") && Integer.parseInt(text) >= 8 && Integer.parseInt(text) <= 30) {
      return Integer.parseInt(text);
    }
    throw values.error("net=" + net + ": must be an IPv4 address, and perhaps '/' and a length from 8 to 30");
  }

  private static String address(KeyValues values, String key, String text) {
    if (!IPV4.matcher(text).matches()) {
      throw values.error(key + "=" + text + ": must be an IPv4 address");
    }
    return text;
  }

  private static List<UserNetConfig.Forward> forwards(KeyValues values, Optional<String> guest) {
    List<UserNetConfig.Forward> all = new ArrayList<>();
    for (String text : values.take(NetdevOptions.REPEATED).map(given -> given.split(",")).orElse(new String[0])) {
      all.add(forward(values, text, guest));
    }
    return all;
  }

  private static UserNetConfig.Forward forward(KeyValues values, String text, Optional<String> guest) {
    Matcher parts = FORWARD.matcher(text);
    if (!parts.matches()) {
      throw forwardError(values, text, "");
    }
    OptionalInt hostPort = port(parts.group(3));
    OptionalInt guestPort = port(parts.group(5));
    String host = parts.group(2);
    if (hostPort.orElse(0) == 0 || guestPort.orElse(0) == 0 || !host.isEmpty() && !IPV4.matcher(host).matches()) {
      throw forwardError(values, text, "");
    }
    if (!parts.group(4).isEmpty() && !guest.equals(Optional.of(parts.group(4)))) {
      throw forwardError(values, text, "; the guest has one address, which need not be given");
    }
    return new UserNetConfig.Forward(!"udp".equals(parts.group(1)),
        Optional.of(host).filter(given -> !given.isEmpty() && !given.equals("0.0.0.0")), hostPort.getAsInt(),
        guestPort.getAsInt());
  }

  private static UserError forwardError(KeyValues values, String text, String more) {
    return values
        .error("hostfwd=" + text + ": must be [tcp|udp]:[HOSTADDR]:HOSTPORT-:GUESTPORT, with an IPv4 address and"
            + " ports from 1 to 65535" + more);
  }

  /** A port; empty if it is none. */
  static OptionalInt port(String text) {
    return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }
}
