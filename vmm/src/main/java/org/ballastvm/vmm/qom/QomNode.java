package org.ballastvm.vmm.qom;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ballastvm.vmm.config.UserError;

/**
 * An object as users see it. The tree is drawn again from the machine whenever somebody looks, so nothing has to be kept
 * in step with it.
 *
 * @param name within its parent; empty for the root
 * @param type its type
 * @param properties what can be read and written
 * @param children what it has
 */
public record QomNode(String name, String type, List<Property> properties, List<QomNode> children) {
  /** Copies the lists. */
  public QomNode {
    properties = List.copyOf(properties);
    children = List.copyOf(children);
  }

  /**
   * An object that only holds others.
   *
   * @param name within its parent
   * @param children what it has
   * @return the object
   */
  public static QomNode container(String name, List<QomNode> children) {
    return new QomNode(name, "container", List.of(), children);
  }

  /** An object and where it stands. */
  public record Place(String path, QomNode node) {}

  /**
   * Finds an object, from the root.
   *
   * @param path from the root, beginning with a slash; or the end of one, which must fit one object alone
   * @return the object and its whole path
   * @throws UserError if there is none, or a partial path fits several
   */
  public Place resolve(String path) {
    if (path.startsWith("/") || path.isEmpty()) {
      return absolute(path);
    }
    List<Place> found = new ArrayList<>();
    collect("", path.split("/"), found);
    if (found.isEmpty()) {
      throw notFound(path);
    }
    if (found.size() > 1) {
      throw new UserError("Path '" + path + "' does not uniquely identify an object; it could be "
          + String.join(", ", found.stream().map(Place::path).toList()));
    }
    return found.getFirst();
  }

  private Place absolute(String path) {
    QomNode node = this;
    StringBuilder walked = new StringBuilder();
    for (String part : path.split("/")) {
      if (!part.isEmpty()) {
        node = node.child(part).orElseThrow(() -> notFound(path));
        walked.append('/').append(part);
      }
    }
    return new Place(walked.isEmpty() ? "/" : walked.toString(), node);
  }

  private void collect(String here, String[] parts, List<Place> found) {
    for (QomNode child : children) {
      child.descend(parts).ifPresent(
          node -> found.add(new Place(here + "/" + String.join("/", parts), node)));
      child.collect(here + "/" + child.name, parts, found);
    }
  }

  /** The object that a path leads to which begins with this one's own name. */
  private Optional<QomNode> descend(String[] parts) {
    if (!name.equals(parts[0])) {
      return Optional.empty();
    }
    Optional<QomNode> node = Optional.of(this);
    for (int i = 1; i < parts.length && node.isPresent(); i++) {
      node = node.get().child(parts[i]);
    }
    return node;
  }

  private Optional<QomNode> child(String called) {
    return children.stream().filter(node -> node.name.equals(called)).findFirst();
  }

  /**
   * A property.
   *
   * @param called its name
   * @return the property
   * @throws UserError if there is none of that name
   */
  public Property property(String called) {
    return properties.stream().filter(property -> property.name().equals(called)).findFirst()
        .orElseThrow(() -> new UserError("Property '" + type + "." + called + "' not found"));
  }

  private static UserError notFound(String path) {
    return new UserError(UserError.Kind.DEVICE_NOT_FOUND, "Device '" + path + "' not found");
  }
}
