package org.ballastvm.virtio.p9;

/** The messages of 9P2000.L that a driver sends, by their numbers (include/net/9p/9p.h of Linux). Answers are one more. */
final class P9Type {
  static final int LERROR = 6;
  static final int STATFS = 8;
  static final int LOPEN = 12;
  static final int LCREATE = 14;
  static final int SYMLINK = 16;
  static final int MKNOD = 18;
  static final int RENAME = 20;
  static final int READLINK = 22;
  static final int GETATTR = 24;
  static final int SETATTR = 26;
  static final int XATTRWALK = 30;
  static final int XATTRCREATE = 32;
  static final int READDIR = 40;
  static final int FSYNC = 50;
  static final int LOCK = 52;
  static final int GETLOCK = 54;
  static final int LINK = 70;
  static final int MKDIR = 72;
  static final int RENAMEAT = 74;
  static final int UNLINKAT = 76;
  static final int VERSION = 100;
  static final int ATTACH = 104;
  static final int FLUSH = 108;
  static final int WALK = 110;
  static final int READ = 116;
  static final int WRITE = 118;
  static final int CLUNK = 120;
  static final int REMOVE = 122;

  private P9Type() {}
}
