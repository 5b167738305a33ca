package org.ballastvm.testkit.study;

/** A guest did not do what it was asked: the message is a sentence for the table. */
final class StudyFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StudyFailure(String sentence) { super(sentence); }
}
