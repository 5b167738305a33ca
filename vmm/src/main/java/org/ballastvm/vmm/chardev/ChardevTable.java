package org.ballastvm.vmm.chardev;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.ballastvm.vmm.config.UserError;

/** The chardevs of a machine, and who has which of them. Belongs to the event loop once the machine runs. */
public final class ChardevTable {
  private final Map<String, Chardev> all;
  private final List<String> claimed;

  /**
   * A table.
   *
   * @param all open chardevs by id
   * @param claimed ids of those that serial ports and monitors talk through, for ever
   */
  public ChardevTable(Map<String, Chardev> all, Collection<String> claimed) {
    this.all = all;
    this.claimed = new ArrayList<>(claimed);
  }

  /** {@return the other end of a device that has none: what it sends is dropped} */
  public static Chardev unconnected() {
    return new NullChardev(false);
  }

  /**
   * Gives a chardev to a device. A shared one may have several users.
   *
   * @param driver whose property names it, for the error
   * @param id its id
   * @return the chardev, until it is {@linkplain #release released}
   * @throws UserError if there is none of that id, or another user has it
   */
  public Chardev claim(String driver, String id) {
    Chardev chardev = all.get(id);
    if (chardev == null) {
      throw new UserError("Property '" + driver + ".chardev' can't find value '" + id + "'");
    }
    if (claimed.contains(id) && chardev.shared().isEmpty()) {
      throw new UserError("Property '" + driver + ".chardev' can't take value '" + id + "', it's in use");
    }
    claimed.add(id);
    return chardev;
  }

  /**
   * Takes a chardev back.
   *
   * @param id of one that was claimed; once for each time
   */
  public void release(String id) { claimed.remove(id); }
}
