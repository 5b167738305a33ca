package org.ballastvm.testkit;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which locks are taken while which are held, read from built classes. A lock is named by its class (of a monitor), or by
 * class and field. Calls are followed through our own classes and interfaces, lambdas of our interfaces among them; a
 * lambda of Java's (a task that is posted) is followed nowhere.
 */
final class LockGraph {
  private static final String OURS = "org/ballastvm/";
  /** What waiting for the end of a thread is called, which is no lock and must be done under none. */
  static final String JOIN = "the end of a thread";
  private static final String LOCK = "java/util/concurrent/locks/ReentrantLock";

  /** Those who are handed the lock of the memory slots know it as an object. */
  private static final Map<String, String> KNOWN_AS = Map.of("Object", "MemorySlots");

  private final Map<String, ClassModel> classes = new HashMap<>();
  private final Map<String, Set<String>> below = new HashMap<>();
  private final Map<String, Set<String>> lambdas = new HashMap<>();
  private final Map<String, Body> bodies = new HashMap<>();
  private final Map<String, Set<String>> taken = new TreeMap<>();

  /** What a method does: locks it takes, and calls, each with the locks that are held there. */
  private record Body(List<Step> steps, List<String> refersTo) {}

  private record Step(Set<String> held, String takes, List<String> calls) {}

  LockGraph(Collection<Path> folders) throws IOException {
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
          ClassModel model = ClassFile.of().parse(file);
          classes.put(model.thisClass().asInternalName(), model);
        }
      }
    }
    classes.values().forEach(this::noteParents);
    classes.values().forEach(model -> model.methods().forEach(method -> read(model, method)));
    spread();
  }

  /** {@return for each lock, those that are taken while it is held} */
  Map<String, Set<String>> edges() {
    Map<String, Set<String>> edges = new TreeMap<>();
    for (Body body : bodies.values()) {
      for (Step step : body.steps) {
        Set<String> inner = new TreeSet<>();
        if (step.takes != null) {
          inner.add(step.takes);
        }
        step.calls.forEach(call -> targets(call).forEach(target -> inner.addAll(taken.getOrDefault(target, Set.of()))));
        for (String outer : step.held) {
          edges.computeIfAbsent(outer, lock -> new TreeSet<>()).addAll(inner);
          edges.get(outer).remove(outer);
        }
      }
    }
    return edges;
  }

  /** {@return the outermost classes that call one of these methods, named by class and method, or refer to it} */
  Set<String> usersOf(Set<String> methods) {
    Set<String> users = new TreeSet<>();
    bodies.forEach((name, body) -> {
      boolean calls = body.steps.stream().flatMap(step -> step.calls.stream()).anyMatch(call -> isOneOf(methods, call));
      if (calls || body.refersTo.stream().anyMatch(call -> isOneOf(methods, call))) {
        users.add(name.substring(0, name.indexOf('.')).replaceAll("\\$.*", ""));
      }
    });
    return users;
  }

  private static boolean isOneOf(Set<String> methods, String call) {
    int end = call.indexOf('('); // A handle of a field has none.
    return end > 0 && methods.contains(simple(call.substring(0, end)));
  }

  /** {@return all locks} */
  Set<String> locks() {
    Set<String> locks = new TreeSet<>();
    taken.values().forEach(locks::addAll);
    locks.remove(JOIN);
    return locks;
  }

  private void noteParents(ClassModel model) {
    String name = model.thisClass().asInternalName();
    model.superclass()
        .ifPresent(parent -> below.computeIfAbsent(parent.asInternalName(), p -> new HashSet<>()).add(name));
    model.interfaces()
        .forEach(parent -> below.computeIfAbsent(parent.asInternalName(), p -> new HashSet<>()).add(name));
  }

  /** An object has one monitor, so that of a subclass has the name of the class above that locks it too. */
  private String monitorOf(String type) {
    ClassModel model = classes.get(type);
    String parent = model == null ? "" : model.superclass().map(s -> s.asInternalName()).orElse("");
    boolean locks = classes.containsKey(parent)
        && classes.get(parent).methods().stream().anyMatch(method -> method.flags().has(AccessFlag.SYNCHRONIZED));
    return locks ? monitorOf(parent) : KNOWN_AS.getOrDefault(simple(type), simple(type));
  }

  private static String simple(String type) { return type.substring(type.lastIndexOf('/') + 1).replace('$', '.'); }

  private void read(ClassModel model, MethodModel method) {
    String owner = model.thisClass().asInternalName();
    String name = owner + "." + method.methodName().stringValue() + method.methodType().stringValue();
    Deque<String> held = new ArrayDeque<>();
    List<Step> steps = new ArrayList<>();
    List<String> refersTo = new ArrayList<>();
    if (method.flags().has(AccessFlag.SYNCHRONIZED)) {
      steps.add(new Step(Set.of(), monitorOf(owner), new ArrayList<>()));
      held.push(monitorOf(owner));
    }
    boolean always = !held.isEmpty();
    FieldInstruction field = null;
    List<CodeElement> code = method.code().map(attribute -> attribute.elementList()).orElse(List.of());
    for (int i = 0; i < code.size(); i++) {
      CodeElement element = code.get(i);
      if (element instanceof FieldInstruction read) {
        field = read;
      } else if (takes(element)) {
        String lock = element instanceof MonitorInstruction ? monitorOf(lockType(owner, field)) : nameOf(field);
        steps.add(new Step(Set.copyOf(held), lock, new ArrayList<>()));
        held.push(lock);
      } else if (releases(element) && nobodyReleasesNext(code, i)) {
        // Each way out of a block releases: by return, at its end, by exception. After the last of them it is over.
        while (held.size() > (always ? 1 : 0)) {
          held.pop();
        }
      } else if (element instanceof InvokeInstruction call) {
        invoke(call, held, steps);
      } else if (element instanceof InvokeDynamicInstruction dynamic) {
        noteLambda(dynamic, refersTo);
      }
      if (element instanceof Instruction load && load.opcode() == Opcode.ALOAD_0) {
        field = null; // What is locked next is this, unless a field of it is read.
      }
    }
    bodies.put(name, new Body(steps, refersTo));
  }

  private static String lockType(String owner, FieldInstruction field) {
    return field == null ? owner : field.typeSymbol().descriptorString().replaceAll("^L|;$", "");
  }

  private static String nameOf(FieldInstruction field) {
    return simple(field.owner().asInternalName()) + "." + field.name().stringValue();
  }

  private static boolean takes(CodeElement element) {
    return element instanceof MonitorInstruction monitor
        ? monitor.opcode() == Opcode.MONITORENTER
        : isCallOfLock(element, "lock");
  }

  private static boolean releases(CodeElement element) {
    return element instanceof MonitorInstruction monitor
        ? monitor.opcode() == Opcode.MONITOREXIT
        : isCallOfLock(element, "unlock");
  }

  private static boolean isCallOfLock(CodeElement element, String method) {
    return element instanceof InvokeInstruction call && call.owner().asInternalName().equals(LOCK)
        && call.name().stringValue().equals(method);
  }

  private static boolean nobodyReleasesNext(List<CodeElement> code, int index) {
    for (int i = index + 1; i < code.size(); i++) {
      if (takes(code.get(i))) {
        return true;
      }
      if (releases(code.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static void invoke(InvokeInstruction call, Deque<String> held, List<Step> steps) {
    String owner = call.owner().asInternalName();
    String method = call.name().stringValue();
    if (owner.equals("java/lang/Thread") && method.equals("join")) {
      steps.add(new Step(Set.copyOf(held), JOIN, new ArrayList<>()));
    } else if (owner.startsWith(OURS)) {
      steps.add(new Step(Set.copyOf(held), null,
          new ArrayList<>(List.of(owner + "." + method + call.type().stringValue()))));
    }
  }

  /** A lambda is one more method behind our interface. */
  private void noteLambda(InvokeDynamicInstruction dynamic, List<String> refersTo) {
    String made = dynamic.typeSymbol().returnType().descriptorString().replaceAll("^L|;$", "");
    for (ConstantDesc argument : dynamic.bootstrapArgs()) {
      if (argument instanceof DirectMethodHandleDesc handle) {
        String body = handle.owner().descriptorString().replaceAll("^L|;$", "") + "." + handle.methodName()
            + handle.lookupDescriptor();
        refersTo.add(body);
        if (classes.containsKey(made)) {
          lambdas.computeIfAbsent(made + "." + dynamic.name().stringValue(), key -> new HashSet<>()).add(body);
        }
      }
    }
  }

  private Set<String> targets(String call) {
    int dot = call.indexOf('.');
    String owner = call.substring(0, dot);
    String rest = call.substring(dot);
    Set<String> found = new HashSet<>();
    for (String up = owner; up != null && classes.containsKey(up); up = parentOf(up)) {
      if (bodies.containsKey(up + rest)) {
        found.add(up + rest);
        break;
      }
    }
    addBelow(owner, rest, found);
    found.addAll(lambdas.getOrDefault(owner + rest.substring(0, rest.indexOf('(')), Set.of()));
    return found;
  }

  private String parentOf(String type) {
    return classes.get(type).superclass().map(s -> s.asInternalName()).orElse(null);
  }

  private void addBelow(String owner, String rest, Set<String> found) {
    for (String child : below.getOrDefault(owner, Set.of())) {
      if (bodies.containsKey(child + rest)) {
        found.add(child + rest);
      }
      addBelow(child, rest, found);
    }
  }

  /** Until nothing changes: a method takes what those take that it calls. */
  private void spread() {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<String, Body> entry : bodies.entrySet()) {
        Set<String> mine = taken.computeIfAbsent(entry.getKey(), method -> new TreeSet<>());
        for (Step step : entry.getValue().steps) {
          changed |= step.takes != null && mine.add(step.takes);
          for (String call : step.calls) {
            for (String target : targets(call)) {
              changed |= mine.addAll(taken.getOrDefault(target, Set.of()));
            }
          }
        }
      }
    }
  }
}
