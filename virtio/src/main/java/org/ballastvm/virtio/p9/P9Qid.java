package org.ballastvm.virtio.p9;

/**
 * What a server knows a node by.
 *
 * @param type {@link #DIRECTORY}, {@link #LINK} or {@link #FILE}
 * @param version of its content
 * @param path its number, which no other node of the tree has
 */
public record P9Qid(int type, int version, long path) {
  /** It is a directory. */
  public static final int DIRECTORY = 0x80;
  /** It is a symbolic link. */
  public static final int LINK = 0x02;
  /** It is anything else. */
  public static final int FILE = 0x00;
}
