package org.ballastvm.vmm.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.ballastvm.kvm.FdSets;
import org.ballastvm.kvm.HostFile;
import org.ballastvm.kvm.HostSocket;
import org.ballastvm.kvm.PassedDescriptor;
import org.ballastvm.kvm.SocketMessage;
import org.ballastvm.vmm.config.ChardevConfig;
import org.ballastvm.vmm.config.UserError;
import org.ballastvm.vmm.control.AddFd;
import org.ballastvm.vmm.control.Passed;
import org.ballastvm.vmm.control.QmpCommand.NoArguments;
import org.ballastvm.vmm.control.QueryFdsets;
import org.ballastvm.vmm.control.RemoveFd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that clients send along, from the socket to the commands that take them. */
@Timeout(60)
class SocketDescriptorsTest {
  @TempDir
  private Path directory;

  private final LoopOfTest test = new LoopOfTest();
  private final FakeFrontend frontend = new FakeFrontend();
  private final SocketMessage message = new SocketMessage();
  private final HostFile file = HostFile.memfd("given", OptionalLong.empty());

  @AfterEach
  void end() {
    test.close();
    message.close();
    file.close();
  }

  private void send(HostSocket client, String text, int files) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(text);
      for (int i = 0; i < files; i++) {
        message.with(file);
      }
      assertEquals(text.length(), message.send(client, bytes.asSlice(0, text.length())));
    }
  }

  private Optional<PassedDescriptor> take(Chardev chardev) throws Exception { return test.on(chardev::takeDescriptor); }

  @Test
  void whatCameWithAMessageIsTakenOnceAndGivesWayToTheNext() throws Exception {
    Path path = directory.resolve("monitor");
    Chardev chardev = test.start(new ChardevConfig.Unix("c", false, path, true, false), frontend);
    try (HostSocket client = HostSocket.connectUnix(path)) {
      send(client, "a", 1);
      frontend.await(seen -> seen.endsWith("a"));
      try (PassedDescriptor first = take(chardev).orElseThrow()) {
        assertTrue(first.number() > 2);
      }
      assertEquals(Optional.empty(), take(chardev));
      send(client, "b", 2);
      frontend.await(seen -> seen.endsWith("b"));
      send(client, "c", 1);
      frontend.await(seen -> seen.endsWith("c"));
      take(chardev).orElseThrow().close();
      assertEquals(Optional.empty(), take(chardev));
    }
  }

  @Test
  void aDescriptorIsAddedListedAndRemoved() {
    String sentence = "No file descriptor supplied via SCM_RIGHTS";
    AddFd.Added arguments = new AddFd.Added(Optional.of(4711L), Optional.of("disk"));
    assertEquals(sentence,
        assertThrows(UserError.class, () -> new AddFd().run(null, arguments, Passed.none())).getMessage());
    PassedDescriptor given = passed();
    AddFd.AddfdInfo added = new AddFd().run(null, arguments, () -> Optional.of(given));
    assertEquals(4711, added.fdsetId());
    assertTrue(new QueryFdsets().run(null, NoArguments.NONE)
        .contains(new QueryFdsets.FdsetInfo(4711, List.of(new QueryFdsets.FdsetFdInfo(added.fd(),
            Optional.of("disk"))))));
    new RemoveFd().run(null, new RemoveFd.Removed(4711, Optional.of(added.fd())));
    assertEquals("File descriptor named 'fdset-id:4711, fd:" + added.fd() + "' not found",
        assertThrows(UserError.class,
            () -> new RemoveFd().run(null, new RemoveFd.Removed(4711, Optional.of(added.fd())))).getMessage());
    assertTrue(FdSets.ofProcess().all().stream().noneMatch(set -> set.id() == 4711));
  }

  /** One that went over a socket, as all do. */
  private PassedDescriptor passed() {
    HostSocket[] ends = HostSocket.pair("test");
    try (HostSocket one = ends[0];
        HostSocket other = ends[1];
        SocketMessage in = new SocketMessage();
        Arena arena = Arena
            .ofConfined()) {
      send(one, "x", 1);
      assertEquals(1, in.receive(other, arena.allocate(16)));
      return in.take();
    }
  }
}
