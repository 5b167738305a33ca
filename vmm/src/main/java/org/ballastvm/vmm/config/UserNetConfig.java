package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a user may say of a network by passt.
 *
 * @param forwards ports of the host that lead into the guest
 * @param address the guest's IPv4 address; that of the host's interface when empty
 * @param prefixBits how many bits of it are the network's; what the host has when empty
 * @param gateway the IPv4 address by which the guest reaches the host and the world; what the host has when empty
 * @param nameserver the DNS server that the guest is given; what the host has when empty
 * @param searchDomains domains that the guest looks for names in; what the host has when empty
 * @param ipv4 whether there is IPv4
 * @param ipv6 whether there is IPv6
 */
public record UserNetConfig(List<Forward> forwards, Optional<String> address, Optional<Integer> prefixBits,
    Optional<String> gateway, Optional<String> nameserver, List<String> searchDomains, boolean ipv4, boolean ipv6) {
  /** As the host has it, with no ports that lead into the guest. */
  public static final UserNetConfig USUAL = new UserNetConfig(List.of(), Optional.empty(), Optional.empty(),
      Optional.empty(), Optional.empty(), List.of(), true, true);

  /** Keeps copies. */
  public UserNetConfig {
    forwards = List.copyOf(forwards);
    searchDomains = List.copyOf(searchDomains);
  }

  /**
   * The same with one more port of 127.0.0.1 that leads to one of the guest, by TCP.
   *
   * @param hostPort 1 to 65535
   * @param guestPort 1 to 65535
   * @return it
   */
  public UserNetConfig forwarding(int hostPort, int guestPort) {
    List<Forward> all = new ArrayList<>(forwards);
    all.add(new Forward(true, Optional.of("127.0.0.1"), hostPort, guestPort));
    return new UserNetConfig(all, address, prefixBits, gateway, nameserver, searchDomains, ipv4, ipv6);
  }

  /**
   * A port of the host that leads to one of the guest.
   *
   * @param tcp TCP, otherwise UDP
   * @param hostAddress an address of the host; all of them when empty
   * @param hostPort 1 to 65535
   * @param guestPort 1 to 65535
   */
  public record Forward(boolean tcp, Optional<String> hostAddress, int hostPort, int guestPort) {
    @Override
    public String toString() {
      return (tcp ? "tcp" : "udp") + ":" + hostAddress.orElse("") + ":" + hostPort + "-:" + guestPort;
    }
  }
}
