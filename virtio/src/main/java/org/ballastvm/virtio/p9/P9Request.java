package org.ballastvm.virtio.p9;

import java.util.List;

/**
 * What a driver asks of a file server, with every length and every name checked. A fid is a number by which the driver knows
 * a node. Names are strings of bytes, a character for each: 1 to 255 of them, without {@code /} and zero, and neither
 * {@code .} nor {@code ..} but where it says so.
 */
public sealed interface P9Request {
  /** No fid. */
  int NO_FID = -1;

  /** A driver begins with the root of the tree. {@code fid} becomes it, for requests of the user {@code uid}. */
  record Attach(int fid, int authFid, int uid) implements P9Request {}

  /** {@code newFid} becomes what the names, up to 16, lead to from {@code fid}; one may be {@code ..}. */
  record Walk(int fid, int newFid, List<String> names) implements P9Request {}

  /** What there is to know of a node. */
  record GetAttributes(int fid) implements P9Request {}

  /** Changes what is known of a node: {@code valid} says what, in Linux's bits (ATTR_MODE and so on). */
  record SetAttributes(int fid, int valid, int mode, int uid, int gid, long sizeBytes, long accessedSeconds,
      long accessedNanos, long modifiedSeconds, long modifiedNanos) implements P9Request {}

  /** Opens a node; {@code flags} are Linux's of open(2). */
  record Open(int fid, int flags) implements P9Request {}

  /** Makes a file in the directory {@code fid}, and {@code fid} becomes the file, opened. */
  record Create(int fid, String name, int flags, int mode, int gid) implements P9Request {}

  /** Entries of an opened directory, behind that at {@code position}; up to {@code count} bytes. */
  record ReadDirectory(int fid, long position, int count) implements P9Request {}

  /** Up to {@code count} bytes of an opened file, or of an attribute. */
  record Read(int fid, long offset, int count) implements P9Request {}

  /** Writes to an opened file, or to an attribute. */
  record Write(int fid, long offset, P9Payload payload) implements P9Request {}

  /** Has an opened file on disk. */
  record Sync(int fid, boolean dataOnly) implements P9Request {}

  /** The driver forgets a fid. */
  record Clunk(int fid) implements P9Request {}

  /** Removes a node, and the driver forgets its fid in any case. */
  record Remove(int fid) implements P9Request {}

  /** Takes a name out of a directory. */
  record Unlink(int directory, String name, boolean isDirectory) implements P9Request {}

  /** Gives a node another name. */
  record Rename(int fid, int directory, String name) implements P9Request {}

  /** Gives what has a name in a directory another one. */
  record RenameAt(int directory, String name, int newDirectory, String newName) implements P9Request {}

  /** Makes a directory. */
  record MakeDirectory(int directory, String name, int mode, int gid) implements P9Request {}

  /** Makes a node of any type; {@code major} and {@code minor} are those of a device. */
  record MakeNode(int directory, String name, int mode, int major, int minor, int gid) implements P9Request {}

  /** Makes a symbolic link. Its target is any string of up to 4095 bytes without zero. */
  record MakeLink(int directory, String name, String target, int gid) implements P9Request {}

  /** What a symbolic link says. */
  record ReadLink(int fid) implements P9Request {}

  /** Gives a node one more name. */
  record Link(int directory, int fid, String name) implements P9Request {}

  /** What there is to know of the file system. */
  record FileSystem(int fid) implements P9Request {}

  /** {@code newFid} becomes an attribute of {@code fid}, to be read; without a name, the list of all. */
  record FindAttribute(int fid, int newFid, String name) implements P9Request {}

  /** {@code fid} becomes an attribute of what it was, to be written; one of no bytes is removed. */
  record SetAttribute(int fid, String name, long sizeBytes, int flags) implements P9Request {}

  /** Locks or unlocks a range of an opened file. */
  record Lock(int fid, int type, long start, long length) implements P9Request {}

  /** Asks who would be in the way of a lock. */
  record GetLock(int fid, int type, long start, long length, int process, String client) implements P9Request {}
}
