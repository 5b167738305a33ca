package org.ballastvm.vmm.net;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ballastvm.vmm.config.UserNetConfig;
import org.ballastvm.vmm.config.UserNetConfig.Forward;

/** What passt is started with, passt(1). */
final class PasstCommand {
  /** QEMU's network where the user names none, so that what people know of it holds. */
  private static final String USUAL_GUEST = "10.0.2.15";
  private static final String USUAL_GATEWAY = "10.0.2.2";
  private static final int USUAL_PREFIX = 24;

  private PasstCommand() {}

  /** The IPv4 address of the guest. */
  static String guest(UserNetConfig config) {
    return config.address().orElse(USUAL_GUEST);
  }

  /** The network, as {@code info network} has it. */
  static String network(UserNetConfig config) {
    String guest = guest(config);
    return guest.substring(0, guest.lastIndexOf('.')) + ".0";
  }

  /** By which the guest reaches the host: the second address of its network, as in QEMU. */
  private static String gateway(UserNetConfig config) {
    return config.gateway().orElseGet(() -> config.address()
        .map(address -> address.substring(0, address.lastIndexOf('.')) + ".2").orElse(USUAL_GATEWAY));
  }

  /**
   * The command. It stays in the foreground, serves one machine and ends when that does.
   *
   * @param program passt
   * @param socket where it listens
   * @param log where it writes what goes wrong
   * @param asRoot whether it would give root up, and could not reach the socket's directory then
   */
  static List<String> of(Path program, UserNetConfig config, Path socket, Path log, boolean asRoot) {
    List<String> words = new ArrayList<>(List.of(program.toString(), "--foreground", "--one-off", "--quiet", "--socket",
        socket.toString(), "--log-file", log.toString(), "--log-size", "65536"));
    if (asRoot) {
      words.addAll(List.of("--runas", "0:0"));
    }
    if (config.ipv4()) {
      words.addAll(List.of("--address", guest(config), "--netmask",
          String.valueOf(config.prefixBits().orElse(USUAL_PREFIX)), "--gateway", gateway(config)));
    }
    config.nameserver().ifPresent(server -> words.addAll(List.of("--dns", server)));
    config.searchDomains().forEach(domain -> words.addAll(List.of("--search", domain)));
    if (!config.ipv6()) {
      words.add("--ipv4-only");
    }
    if (!config.ipv4()) {
      words.add("--ipv6-only");
    }
    forwards(words, "--tcp-ports", config.forwards().stream().filter(Forward::tcp).toList());
    forwards(words, "--udp-ports", config.forwards().stream().filter(forward -> !forward.tcp()).toList());
    return words;
  }

  private static void forwards(List<String> words, String option, List<Forward> forwards) {
    for (Forward forward : forwards) {
      words.add(option);
      words.add(forward.hostAddress().map(address -> address + "/").orElse("") + forward.hostPort() + ":"
          + forward.guestPort());
    }
  }
}
