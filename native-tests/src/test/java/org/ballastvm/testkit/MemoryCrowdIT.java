package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.ballastvm.rig.GuestHost;
import org.junit.jupiter.api.Test;

/** Two guests with four devices each, whose memory is resized from two machine monitors each, all at once. */
@GuestTest
class MemoryCrowdIT {
  private static final int DEVICES = 4;
  private static final Pattern ANSWER = Pattern.compile("(?m)^\\{\"(return|error)\"");

  /** A client of the machine protocol, which hears every event and changes two of the devices. */
  private record Client(HostedQmp qmp, int first) implements AutoCloseable {
    void resize(int device, long mib) {
      qmp.say("qom-set",
          "\"path\":\"/machine/peripheral/vm" + device + "\",\"property\":\"requested-size\",\"value\":" + (mib << 20));
    }

    /** The answers so far, in their order: return or error. */
    List<String> answers() {
      return ANSWER.matcher(qmp.heard().text()).results().map(found -> found.group(1)).toList();
    }

    /** What the last event said of a device, in MiB; -1 if there was none. */
    long lastReceived(int device) {
      return Pattern
          .compile("\"MEMORY_DEVICE_SIZE_CHANGE\", \"data\": \\{\"id\": \"vm" + device + "\", \"size\": (\\d+)")
          .matcher(qmp.heard().text()).results().map(MatchResult::group).map(event -> event.replaceAll(".* ", ""))
          .mapToLong(size -> Long.parseLong(size) >> 20).reduce(-1, (one, next) -> next);
    }

    @Override
    public void close() { qmp.close(); }
  }

  /** A guest and its two monitors. */
  private record Crowd(Guest guest, List<Client> clients) implements AutoCloseable {
    static Crowd start(GuestHost host) {
      List<String> options = new ArrayList<>(List.of("-m", "512M,maxmem=4G"));
      for (int i = 0; i < DEVICES; i++) {
        options.addAll(List.of("-object", "memory-backend-ram,id=mem" + i + ",size=256M", "-device",
            "virtio-mem-pci,id=vm" + i + ",memdev=mem" + i));
      }
      int[] ports = {host.freePort(), host.freePort()};
      for (int port : ports) {
        options.addAll(List.of("-qmp", "tcp:127.0.0.1:" + port + ",server=on,wait=off"));
      }
      Guest guest = Guest.start(host,
          GuestConfig.of(options.toArray(String[]::new)).appending("lab.movable"));
      guest.awaitUp();
      return new Crowd(guest,
          IntStream.range(0, 2).mapToObj(i -> new Client(new HostedQmp(host.connect(ports[i])), i * DEVICES / 2))
              .toList());
    }

    List<Long> sizes() {
      return Pattern.compile("\n  size: (\\d+)").matcher(guest.monitor("info memory-devices").replace("\r", ""))
          .results().map(found -> Long.parseLong(found.group(1)) >> 20).toList();
    }

    /** All that each client has to receive is there. */
    boolean hasReceived(List<Long> sizes) {
      return clients.stream().allMatch(
          client -> IntStream.range(0, DEVICES).allMatch(i -> client.lastReceived(i) == sizes.get(i)));
    }

    @Override
    public void close() {
      clients.forEach(Client::close);
      guest.close();
    }
  }

  /** Each client changes its mind twice; nobody waits for anybody. */
  private static void resize(List<Crowd> crowds, List<Long> sizes) {
    for (long mind : new long[]{192, 32, -1}) {
      for (Crowd crowd : crowds) {
        for (Client client : crowd.clients()) {
          for (int i = client.first(); i < client.first() + DEVICES / 2; i++) {
            client.resize(i, mind < 0 ? sizes.get(i) : mind);
          }
        }
      }
    }
  }

  @Test
  void allSizesAreReachedAndEveryMonitorIsSentThem() {
    GuestHost host = GuestHosts.find();
    try (Crowd one = Crowd.start(host); Crowd two = Crowd.start(host)) {
      List<Crowd> crowds = List.of(one, two);
      crowds.forEach(crowd -> crowd.clients().forEach(client -> client.qmp().say("qmp_capabilities", "")));
      for (List<Long> sizes : List.of(List.of(128L, 64L, 34L, 16L), List.of(0L, 2L, 160L, 128L),
          List.of(0L, 0L, 0L, 0L))) {
        resize(crowds, sizes);
        for (Crowd crowd : crowds) {
          crowd.guest.await("sizes of " + sizes, () -> crowd.sizes().equals(sizes));
          crowd.guest.await("events of " + sizes, () -> crowd.hasReceived(sizes));
        }
      }
      for (Crowd crowd : crowds) {
        crowd.clients.forEach(client -> assertEquals(List.of("return"), client.answers().stream().distinct().toList()));
        crowd.clients.forEach(client -> assertEquals(1 + 3 * 3 * DEVICES / 2, client.answers().size()));
        assertFalse(crowd.guest.run("dmesg").contains("virtio_mem: error"));
        assertTrue(crowd.guest.isRunning());
      }
    }
  }
}
