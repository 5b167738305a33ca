package org.ballastvm.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a Debian disk can be, and what is refused before anything is installed. */
class DebianDiskConfigTest {
  private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJhbGxhc3Q= me@here";

  private static DebianDiskConfig config(String suite, String include, long size, String hostname, String key) {
    return new DebianDiskConfig(suite, List.of(include), size, hostname, Optional.of(key), false, DebianFlavour.CLOUD);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "--help   | fio      | 1073741824 | a    | ssh-rsa AA== | suite --help: must be a suite of Debian's",
      "bookworm | --as     | 1073741824 | a    | ssh-rsa AA== | include --as: must be names of packages",
      "bookworm | fio      | 1073741823 | a    | ssh-rsa AA== | size 1073741823: must be whole MiB",
      "bookworm | fio      | 1048576    | a    | ssh-rsa AA== | size 1048576: must be whole MiB, from 1G",
      "bookworm | fio      | 1073741824 | -a   | ssh-rsa AA== | hostname -a: must be",
      "bookworm | fio      | 1073741824 | a b  | ssh-rsa AA== | hostname a b: must be",
      "bookworm | fio      | 1073741824 | a    | hello        | ssh-key: must be one public key"})
  void whatMakesNoSenseIsNamed(String suite, String include, long size, String hostname, String key, String sentence) {
    IllegalArgumentException error = assertThrows(IllegalArgumentException.class,
        () -> config(suite, include, size, hostname, key));

    assertEquals(sentence, error.getMessage().substring(0, sentence.length()));
  }

  @Test
  void twoKeysAreOneTooMany() {
    assertThrows(IllegalArgumentException.class, () -> config("sid", "fio", 1 << 30, "a", KEY + "\n" + KEY));
  }

  @Test
  void packagesMayHaveVersionsAndArchitectures() {
    assertEquals(List.of("g++:amd64=4:12.2.0-3~x"),
        config("sid", "g++:amd64=4:12.2.0-3~x", 1 << 30, "a", KEY).include());
  }

  @Test
  void eachWishMakesAnotherDisk() {
    DebianDiskConfig usual = DebianDiskConfig.usual();

    assertEquals(usual.words(), DebianDiskConfig.usual().words());
    assertNotEquals(usual.words(), usual.withAutologin().words());
    assertNotEquals(config("sid", "fio", 1 << 30, "a", KEY).words(), config("sid", "fio", 1L << 31, "a", KEY).words());
  }

  @Test
  void theHostsSourcesOfASuiteAreMirrorsOfItsDisk() {
    String targets = """
        http://deb.debian.org/debian|bookworm|main|Mine
        http://deb.debian.org/debian|bookworm|main|Mine
        http://deb.debian.org/debian|bookworm-updates|main|
        https://deb.nodesource.com/node_20.x|nodistro|main|. nodistro
        http://deb.debian.org/debian-security|bookworm-security|main|Debian
        """;
    List<String> sources = Apt.sources(targets, "bookworm");

    assertEquals(List.of("deb http://deb.debian.org/debian bookworm main",
        "deb http://deb.debian.org/debian bookworm-updates main"), sources.subList(0, 2));
    assertTrue(sources.get(2).matches(
        "deb (\\[signed-by=\\S+\\] )?http://deb.debian.org/debian-security bookworm-security main"), sources.get(2));
    assertEquals(List.of(), Apt.sources(targets, "sid"));
  }
}
