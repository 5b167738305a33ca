package org.ballastvm.vmm.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.ballastvm.vmm.config.NetdevConfig.Address;
import org.ballastvm.vmm.config.NetdevConfig.Route;
import org.ballastvm.vmm.config.UserNetConfig.Forward;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetdevOptionsTest {
  private static UserNetConfig user(String rest) {
    return ((NetdevConfig.User) NetdevOptions.parse("user,id=n" + rest)).passt();
  }

  @Test
  void aUserNetworkNeedsNothing() {
    assertEquals(new UserNetConfig(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
        List.of(), true, true), user(""));
  }

  @Test
  void portsAreForwardedInQemusWords() {
    UserNetConfig config = user(",net=10.9.0.0/16,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=udp::53-10.9.0.15:5353,"
        + "hostfwd=:80-:8080,hostfwd=tcp:0.0.0.0:1-:2");
    assertEquals(List.of(new Forward(true, Optional.of("127.0.0.1"), 2222, 22),
        new Forward(false, Optional.empty(), 53, 5353), new Forward(true, Optional.empty(), 80, 8080),
        new Forward(true, Optional.empty(), 1, 2)), config.forwards());
    assertEquals(Optional.of("10.9.0.15"), config.address());
    assertEquals(Optional.of(16), config.prefixBits());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"hostfwd=2222-22 > hostfwd=2222-22: must be", "hostfwd=tcp::0-:22 > hostfwd",
      "hostfwd=tcp::2222-:0 > hostfwd", "hostfwd=tcp::65536-:22 > hostfwd", "hostfwd=tcp:localhost:1-:2 > hostfwd",
      "hostfwd=sctp::1-:2 > hostfwd", "hostfwd=tcp::1-10.0.2.99:2 > the guest has one address",
      "net=10.0.2 > net=10.0.2",
      "net=10.0.2.0/31 > net=10.0.2.0/31", "host=gateway > host=gateway", "dns=300.1.1.1 > dns=300.1.1.1",
      "restrict=on > restrict=on: passt", "guestfwd=x > guestfwd=x: passt", "tftp=/x > tftp=/x: passt",
      "ipv4=off,ipv6=off > leave no network", "nope=1 > there is no property 'nope'"})
  void whatPasstCannotDoIsRefusedByName(String rest, String sentence) {
    String told = assertThrows(UserError.class, () -> user("," + rest)).getMessage();
    assertTrue(told.contains(sentence), told);
  }

  @Test
  void aStreamIsAServerOrAClient() {
    assertEquals(new NetdevConfig.Stream("n", "stream", new Address.Unix(Path.of("/run/w")), true, OptionalInt.empty()),
        NetdevOptions.parse("stream,id=n,server=on,addr.type=unix,addr.path=/run/w"));
    assertEquals(new NetdevConfig.Stream("n", "stream", new Address.Inet("h", 5), false, OptionalInt.of(3)),
        NetdevOptions.parse("stream,id=n,addr.type=inet,addr.host=h,addr.port=5,reconnect=3"));
    assertEquals(new NetdevConfig.Stream("n", "socket", new Address.Inet("", 5), true, OptionalInt.empty()),
        NetdevOptions.parse("socket,id=n,listen=:5"));
    assertEquals(new NetdevConfig.Stream("n", "socket", new Address.Inet("h", 5), false, OptionalInt.empty()),
        NetdevOptions.parse("socket,id=n,connect=h:5"));
    assertEquals(new NetdevConfig.Stream("n", "socket", new NetdevConfig.Address.Given(7), false, OptionalInt.empty()),
        NetdevOptions.parse("socket,id=n,fd=7"));
  }

  @Test
  void messagesGoBetweenTwoOrWithinAGroup() {
    Route udp = new Route.Udp(new Address.Inet("127.0.0.1", 0), new Address.Inet("h", 7));
    assertEquals(new NetdevConfig.Datagrams("n", "socket", udp),
        NetdevOptions.parse("socket,id=n,udp=h:7,localaddr=127.0.0.1:0"));
    assertEquals(new NetdevConfig.Datagrams("n", "dgram", udp), NetdevOptions.parse("dgram,id=n,remote.type=inet,"
        + "remote.host=h,remote.port=7,local.type=inet,local.host=127.0.0.1,local.port=0"));
    assertEquals(new NetdevConfig.Datagrams("n", "dgram", new Route.Unix(Path.of("/a"), Path.of("/b"))),
        NetdevOptions.parse("dgram,id=n,local.type=unix,local.path=/a,remote.type=unix,remote.path=/b"));
    Route group = new Route.Group(new Address.Inet("230.0.0.1", 7), Optional.of("127.0.0.1"));
    assertEquals(new NetdevConfig.Datagrams("n", "socket", group),
        NetdevOptions.parse("socket,id=n,mcast=230.0.0.1:7,localaddr=127.0.0.1"));
    assertEquals(new NetdevConfig.Datagrams("n", "dgram", group), NetdevOptions.parse("dgram,id=n,remote.type=inet,"
        + "remote.host=230.0.0.1,remote.port=7,local.type=inet,local.host=127.0.0.1"));
    assertEquals(new NetdevConfig.Datagrams("n", "dgram", new Route.Given(7)),
        NetdevOptions.parse("dgram,id=n,local.type=fd,local.str=7"));
  }

  @Test
  void aTapHasANameOrDescriptors() {
    assertEquals(new NetdevConfig.Tap("n", Optional.of("tap0"), List.of(), 2, Optional.empty()),
        NetdevOptions.parse("tap,id=n,ifname=tap0,queues=2,script=no,downscript=no"));
    assertEquals(new NetdevConfig.Tap("n", Optional.empty(), List.of(5, 6), 2, Optional.empty()),
        NetdevOptions.parse("tap,id=n,fds=5:6,vhost=off"));
  }

  @Test
  void theKernelMovesATapsFramesWhereItIsAskedTo() {
    assertEquals(vhost(2), NetdevOptions.parse("tap,id=n,queues=2,vhost=on"));
    assertEquals(vhost(1, 7), NetdevOptions.parse("tap,id=n,vhostfd=7"));
    assertEquals(vhost(2, 7, 8), NetdevOptions.parse("tap,id=n,queues=2,vhost=on,vhostfds=7:8"));
  }

  private static NetdevConfig vhost(int queues, Integer... descriptors) {
    return new NetdevConfig.Tap("n", Optional.empty(), List.of(), queues,
        Optional.of(new NetdevConfig.Vhost(List.of(descriptors))));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '>', value = {"nope,id=n > there is no netdev of type 'nope'. There are",
      "bridge,id=n > make a tap on the bridge", "l2tpv3,id=n > l2tpv3", "user > parameter 'id' is missing",
      "stream,id=n > parameter 'addr.type' is missing", "stream,id=n,addr.type=fd > addr.type=fd",
      "stream,id=n,addr.type=unix > parameter 'addr.path' is missing",
      "stream,id=n,addr.type=inet,addr.host=h > parameter 'addr.port' is missing",
      "stream,id=n,addr.type=inet,addr.host=h,addr.port=0 > addr.port=0",
      "stream,id=n,server=on,addr.type=unix,addr.path=/x,reconnect=1 > reconnect", "socket,id=n > exactly one",
      "socket,id=n,listen=:1,connect=h:1 > exactly one", "socket,id=n,listen=:1,fd=5 > exactly one",
      "socket,id=n,connect=:1 > connect=:1",
      "socket,id=n,listen=1 > listen=1", "socket,id=n,mcast=10.0.0.1:1 > mcast=10.0.0.1:1",
      "socket,id=n,mcast=230.0.0.1:1,listen=:1 > no property 'listen'",
      "socket,id=n,udp=h:1 > parameter 'localaddr' is missing", "socket,id=n,udp=h:0,localaddr=h:1 > udp=h:0",
      "socket,id=n,udp=h:1,localaddr=:1 > localaddr=:1", "dgram,id=n > parameter 'local.type' is missing",
      "dgram,id=n,local.type=unix,local.path=/a > local.type=unix: must be fd",
      "dgram,id=n,local.type=fd,local.str=x > local.str=x", "dgram,id=n,remote.type=fd > remote.type=fd",
      "dgram,id=n,remote.type=unix,remote.path=/b,local.type=inet > local.type=inet: must be unix",
      "dgram,id=n,remote.type=inet,remote.host=h > parameter 'remote.port' is missing",
      "dgram,id=n,remote.type=inet,remote.host=h,remote.port=0 > remote.port=0",
      "dgram,id=n,remote.type=inet,remote.host=h,remote.port=1 > parameter 'local.type' is missing",
      "dgram,id=n,remote.type=inet,remote.host=230.0.0.1,remote.port=1,local.type=fd > local.type",
      "tap,id=n,ifname=a/b > ifname=a/b", "tap,id=n,ifname=sixteenlettersss > ifname=sixteenlettersss",
      "tap,id=n,fd=x > fd=x", "tap,id=n,fd=2 > fd=2", "tap,id=n,fds=5:6,queues=3 > queues=",
      "tap,id=n,fd=5,ifname=t > ifname=", "tap,id=n,script=/x > script=/x", "tap,id=n,queues=32 > queues=32",
      "tap,id=n,vnet_hdr=off > vnet_hdr=off", "tap,id=n,vhost=off,vhostfd=5 > vhostfd=",
      "tap,id=n,queues=2,vhostfd=5 > are 2"})
  void whatThereIsNotIsRefusedByName(String text, String sentence) {
    String told = assertThrows(UserError.class, () -> NetdevOptions.parse(text)).getMessage();
    assertTrue(told.contains(sentence) && told.startsWith("-netdev "), told);
  }

  @Test
  void aNicIsANetdevAndACard() {
    NicOption nic = NicOption.parse("user,hostfwd=tcp::1-:2,hostfwd=tcp::3-:4,mac=52:54:00:00:00:01,model=virtio", 0);
    DeviceConfig.Net card = (DeviceConfig.Net) nic.card();
    assertEquals(nic.netdev().id(), card.netdev());
    assertEquals("52:54:00:00:00:01", card.mac().orElseThrow().toString());
    assertEquals(2, ((NetdevConfig.User) nic.netdev()).passt().forwards().size());
    assertTrue(((DeviceConfig.Net) NicOption.parse("tap,ifname=t,queues=4", 1).card()).mq());
    assertThrows(UserError.class, () -> NicOption.parse("user,model=e1000", 0));
    assertThrows(UserError.class, () -> NicOption.parse("user,mac=01:00:00:00:00:01", 0));
    assertThrows(UserError.class, () -> NicOption.parse("user,id=1", 0));
  }
}
