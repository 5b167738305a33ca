package org.ballastvm.vmm.userdevice;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.ballastvm.device.Device;
import org.ballastvm.vmm.config.DeviceConfig;
import org.ballastvm.vmm.config.UserError;

/** Makes devices that users wrote. */
public final class UserDevices {
  private UserDevices() {}

  /**
   * Makes a device.
   *
   * @param config where it is
   * @return a new one, to be closed when it has gone
   * @throws UserError if it is not there, does not compile, is no device, or needs another version of Ballast
   */
  public static UserDevice make(DeviceConfig.Java config) {
    URLClassLoader path = onClassPath(config.classPath());
    try {
      return new UserDevice(made(config, path), path);
    } catch (UserError e) {
      UserDevice.close(path);
      throw e;
    }
  }

  private static Device made(DeviceConfig.Java config, ClassLoader path) {
    Device device = config.source().map(source -> ofSource(source, config, path))
        .orElseGet(() -> ofClassPath(path, config.className().orElseThrow()));
    if (device.needsApi() > Device.API_VERSION) {
      throw new UserError(device.getClass().getName() + ": needs version " + device.needsApi()
          + " of org.ballastvm.device, and this is version " + Device.API_VERSION);
    }
    return device;
  }

  private static Device ofSource(Path source, DeviceConfig.Java config, ClassLoader path) {
    Optional<String> wanted = config.className();
    Map<String, byte[]> classes = SourceCompiler.compile(source, config.classPath());
    UserClasses loader = new UserClasses(classes, path);
    List<Class<?>> found = new ArrayList<>();
    for (String name : classes.keySet().stream().sorted().toList()) {
      Class<?> type = load(loader, name);
      if (isDevice(type) && wanted.filter(other -> !matches(type, other)).isEmpty()) {
        found.add(type);
      }
    }
    if (found.size() != 1) {
      throw new UserError("source=" + source + ": " + (found.isEmpty()
          ? "has no " + wanted.map(name -> "class " + name + ", or it is no device").orElse("device")
              + "; a device is a class that implements SimpleVirtio or SimplePci"
          : "has several devices; class= must name one of "
              + String.join(", ", found.stream().map(Class::getName).toList())));
    }
    return instance(found.getFirst());
  }

  private static boolean matches(Class<?> type, String name) {
    return type.getName().equals(name) || type.getSimpleName().equals(name);
  }

  private static boolean isDevice(Class<?> type) {
    return Device.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers());
  }

  private static URLClassLoader onClassPath(List<Path> path) {
    List<URL> urls = new ArrayList<>();
    for (Path each : path) {
      if (!Files.exists(each)) {
        throw new UserError("class-path=" + each + ": does not exist");
      }
      urls.add(url(each));
    }
    return new URLClassLoader(urls.toArray(URL[]::new), Device.class.getClassLoader());
  }

  private static Device ofClassPath(ClassLoader loader, String name) {
    for (ServiceLoader.Provider<Device> provider : ServiceLoader.load(Device.class, loader).stream().toList()) {
      if (matches(provider.type(), name)) {
        return provider.get();
      }
    }
    Class<?> type = load(loader, name);
    if (!isDevice(type)) {
      throw new UserError("class=" + name + ": is no device; it must implement SimpleVirtio or SimplePci");
    }
    return instance(type);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(path + " has no URL", e);
    }
  }

  private static Class<?> load(ClassLoader loader, String name) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new UserError("class=" + name + ": cannot be loaded: " + e, e);
    }
  }

  private static Device instance(Class<?> type) {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true); // A class of a single file need not be public.
      return (Device) constructor.newInstance();
    } catch (NoSuchMethodException e) {
      throw new UserError(type.getName() + ": has no constructor without parameters", e);
    } catch (InvocationTargetException e) {
      throw new UserError(type.getName() + ": its constructor threw " + e.getCause(), e);
    } catch (InstantiationException | IllegalAccessException | LinkageError e) {
      throw new UserError(type.getName() + ": cannot be made: " + e, e);
    }
  }
}
