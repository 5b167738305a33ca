package org.ballastvm.vmm.folder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ballastvm.virtio.p9.P9Error;
import org.ballastvm.virtio.p9.P9Request;

/** The fids of a session. */
final class Fids {
  /** Fids that share a node take no descriptor, but memory. */
  static final int MOST = 1 << 19;

  private final Map<Integer, Fid> all = new HashMap<>();
  private boolean closed;

  /** A fid, whose user the caller is from now on. */
  synchronized Fid use(int number) {
    Fid fid = all.get(number);
    if (fid == null || !fid.retain()) {
      throw new P9Error(P9Error.EBADF);
    }
    return fid;
  }

  /** A number gets a meaning; its user is this table. Nothing is left of one that cannot have it. */
  void add(int number, Fid fid) {
    try {
      addIfFree(number, fid);
    } catch (P9Error e) {
      fid.release();
      throw e;
    }
  }

  private synchronized void addIfFree(int number, Fid fid) {
    if (closed || number == P9Request.NO_FID || all.containsKey(number)) {
      throw new P9Error(P9Error.EBADF);
    }
    if (all.size() >= MOST) {
      throw new P9Error(P9Error.EMFILE);
    }
    all.put(number, fid);
  }

  /** A number gets another meaning. */
  void replace(int number, Fid old, Fid fid) {
    boolean known = replaceIfSame(number, old, fid);
    (known ? old : fid).release();
    if (!known) {
      throw new P9Error(P9Error.EBADF);
    }
  }

  private synchronized boolean replaceIfSame(int number, Fid old, Fid fid) { return all.replace(number, old, fid); }

  /** A number means nothing any more; the caller is its user, and lets it go. */
  synchronized Fid remove(int number) {
    return Optional.ofNullable(all.remove(number)).orElseThrow(() -> new P9Error(P9Error.EBADF));
  }

  synchronized int count() { return all.size(); }

  /** No number means anything, and none will. */
  void close() { takeAll().forEach(Fid::release); }

  private synchronized List<Fid> takeAll() {
    closed = true;
    List<Fid> taken = new ArrayList<>(all.values());
    all.clear();
    return taken;
  }
}
