package org.ballastvm.images;

/** A kernel, a module or an initramfs that cannot be had; the message is one sentence that says what to do. */
public final class ImageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ImageError(String sentence) { super(sentence); }

  ImageError(String sentence, Throwable cause) { super(sentence, cause); }
}
