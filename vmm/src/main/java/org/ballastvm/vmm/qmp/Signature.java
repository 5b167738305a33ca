package org.ballastvm.vmm.qmp;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import org.ballastvm.vmm.control.QmpCommand;

/**
 * What a command takes and gives, read from what its class says that it implements.
 *
 * @param arguments the record it takes
 * @param result what it answers
 */
record Signature<A extends Record>(Class<A> arguments, Type result) {
  private static final ClassValue<Signature<?>> KNOWN = new ClassValue<>() {
    @Override
    protected Signature<?> computeValue(Class<?> type) { return read(type); }
  };

  @SuppressWarnings("unchecked") // the command's own declaration says so
  static <A extends Record> Signature<A> of(QmpCommand<A, ?> command) {
    return (Signature<A>) KNOWN.get(command.getClass());
  }

  private static Signature<?> read(Class<?> command) {
    for (Type type : command.getGenericInterfaces()) {
      if (type instanceof ParameterizedType generic && generic.getRawType() == QmpCommand.class) {
        Class<?> arguments = (Class<?>) generic.getActualTypeArguments()[0];
        return new Signature<>(arguments.asSubclass(Record.class), generic.getActualTypeArguments()[1]);
      }
    }
    throw new IllegalStateException(command + " does not say what it takes and gives");
  }
}
