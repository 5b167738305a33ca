package org.ballastvm.vmm.chardev;

import java.util.Optional;
import org.ballastvm.kvm.PassedDescriptor;
/** A chardev whose output goes to a file as well, whether or not anybody is at its other end: {@code logfile=}. */
final class LoggedChardev implements Chardev {
  private final Chardev below;
  private final FileChardev log;

  LoggedChardev(Chardev below, FileChardev log) {
    this.below = below;
    this.log = log;
  }

  @Override
  public void connect(CharFrontend frontend) { below.connect(frontend); }

  @Override
  public void followSize() { below.followSize(); }

  @Override
  public int sendRoom() { return below.sendRoom(); }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    log.send(bytes, offset, count);
    below.send(bytes, offset, count);
  }

  @Override
  public void receiveMore() { below.receiveMore(); }

  @Override
  public Optional<PassedDescriptor> takeDescriptor() { return below.takeDescriptor(); }

  @Override
  public boolean isTerminal() { return below.isTerminal(); }

  @Override
  public String describe() { return below.describe(); }

  @Override
  public void close() {
    below.close();
    log.close();
  }
}
