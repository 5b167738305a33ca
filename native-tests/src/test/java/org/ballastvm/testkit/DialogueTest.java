package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import org.ballastvm.record.Likeness;
import org.ballastvm.record.Recording;
import org.ballastvm.rig.RigError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dialogues without a guest: from files, compared, and what {@link Record} makes of them. */
class DialogueTest {
  private static final String TEXT = """
      ballast-dialogue 1 type=4 name=virtio-rng class=0xff00 offered=0x0 queues=8 config= status=0x0 features=0x0 bytes=256
      1 queue queue=0 name=request size=8 vector=0x1
      2000000 offer queue=0 chain=0 head=3 read= write=64 data=
      """;

  private static Dialogue of(String bytes) {
    return Dialogue.of(Recording.parse(TEXT + "3000000 use queue=0 chain=0 head=3 length=2 data=" + bytes + "\n"));
  }

  @Test
  void whatWasWrittenIsReadAndIsExactlyTheSame(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("golden.dialogue");
    of("abcd").write(file);
    Dialogue.read(file).assertSame(of("abcd"), Likeness.EXACTLY);
  }

  @Test
  void aDialogueReadsAsOne() { assertEquals("""
      virtio-rng (type 4), queues of 8 entries; it offers 0x0
            0.000001 ms  driver  enables request (queue 0), 8 entries, vector 1
            2.000000 ms  driver  request #0: 64 bytes to write
            3.000000 ms  device  request #0 is used: 2 bytes written [ab cd]
      """, of("abcd").toString()); }

  @Test
  void randomBytesAreSaidAlikeAndAreNotTheSame() {
    Dialogue.assertSameDialogue(of("abcd"), of("0102"));
    AssertionError difference = assertThrows(AssertionError.class,
        () -> of("abcd").assertSame(of("0102"), Likeness.IGNORING_TIMES));
    assertTrue(difference.getMessage().contains("  - use queue=0 chain=0 head=3 length=2 data=0102\n  + use queue=0"),
        difference::getMessage);
  }

  /** Looked at for its parameters alone. */
  @SuppressWarnings("unused")
  private static void twoGuests(@Record("rng0") Dialogue said, Guest first, Guest second,
      @Record(value = "balloon0", guest = 1, bytes = 16) Dialogue again) {
    // It is not run.
  }

  @Test
  void eachGuestIsStartedWithTheRecordingsThatAreWantedOfIt() throws NoSuchMethodException {
    Method method = DialogueTest.class.getDeclaredMethod("twoGuests", Dialogue.class, Guest.class, Guest.class,
        Dialogue.class);
    GuestDialogues dialogues = new GuestDialogues("[test:this]");
    List<String> options = dialogues.optionsFor(method.getParameters()[1]);
    assertEquals(2, options.size());
    assertTrue(options.get(1).matches("device=rng0,file=/tmp/ballast-[-0-9a-f]*-0\\.dialogue,bytes=256"),
        options::toString);
    Record wish = method.getParameters()[3].getAnnotation(Record.class);
    RigError early = assertThrows(RigError.class, () -> dialogues.dialogue(wish).recording());
    assertEquals("@Record(\"balloon0\") is of guest 1, and there are 0 among the parameters", early.getMessage());
    dialogues.close();
  }
}
