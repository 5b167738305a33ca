/*
 * The kernel's command line says what the root is:
 *
 *   ballast.root=folder         the 9P folder "root", which is only read, below a layer in memory; the usual
 *   ballast.root=folder,rw      the 9P folder "root" itself
 *   ballast.root=disk,TYPE      /dev/vda, with a file system of that type
 *   ballast.root=disk,TYPE,ro   the same below a layer in memory
 *   ballast.root=memory         this initramfs, with busybox
 *   ballast.modules=RELEASE     the 9P folder "modules" is /lib/modules/RELEASE
 */
#include "init.h"
#include "linux.h"

#include <linux/if.h>

#define LINE_BYTES 4096
#define MOST_MODULES 128
#define NAME_BYTES 96
#define ENTRIES_BYTES 16384
#define DISK_MILLIS 10000
#define SHARE "trans=virtio,version=9p2000.L,msize=512000,"

struct entry { u64 inode; long offset; u16 length; byte type; char name[]; };

static char line[LINE_BYTES];

/* The value of a word of the kernel's command line; empty if it is not there. */
static void option(const char *name, char *value, u64 size) {
  value[0] = 0;
  for (const char *at = line; *at; at++) {
    if ((at == line || at[-1] == ' ') && begins(at, name)) {
      at += length_of(name);
      u64 length = 0;
      for (; at[length] && at[length] != ' ' && at[length] != '\n' && length + 1 < size; length++) {
        value[length] = at[length];
      }
      value[length] = 0;
      return;
    }
  }
}

static long mount(const char *source, const char *target, const char *type, u64 flags, const char *data) {
  return call(mount, source, target, type, flags, data);
}

/* What a guest can do without, on a kernel that lacks it. */
static void mount_if_known(const char *type, const char *target) { mount(type, target, type, MS_NOSUID | MS_NODEV, 0); }

static int must(const char *what, const char *about, long result) {
  if (result < 0) {
    complain(what, about, result);
  }
  return result >= 0;
}

static void sort(char names[][NAME_BYTES], int count) {
  for (int i = 1; i < count; i++) {
    char name[NAME_BYTES];
    int at = i;
    memcpy(name, names[i], NAME_BYTES);
    for (; at > 0 && memcmp(names[at - 1], name, NAME_BYTES) > 0; at--) {
      memcpy(names[at], names[at - 1], NAME_BYTES);
    }
    memcpy(names[at], name, NAME_BYTES);
  }
}

/* In the order of their names, in which they are packed; one that is there already, or has no device, is no loss. */
static void load_modules(void) {
  static byte entries[ENTRIES_BYTES];
  static char names[MOST_MODULES][NAME_BYTES];
  int count = 0, directory = (int)call(open, "/modules", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  long bytes;
  while (directory >= 0 && (bytes = call(getdents64, directory, entries, sizeof entries)) > 0) {
    for (long at = 0; at < bytes; at += ((struct entry *)(entries + at))->length) {
      const char *name = ((struct entry *)(entries + at))->name;
      if (name[0] != '.' && count < MOST_MODULES) {
        append(names[count++], NAME_BYTES, name);
      }
    }
  }
  shut(&directory);
  sort(names, count);
  for (int i = 0; i < count; i++) {
    char path[NAME_BYTES + 16] = "/modules/";
    append(path, sizeof path, names[i]);
    int file = (int)call(open, path, O_RDONLY | O_CLOEXEC, 0);
    long result = call(finit_module, file, "", 0);
    if (result < 0 && result != -EEXIST && result != -ENODEV) {
      complain("cannot load module ", names[i], result);
    }
    shut(&file);
  }
}

static void raise_loopback(void) {
  struct ifreq request = {.ifr_ifrn.ifrn_name = "lo"};
  int socket = (int)call(socket, 2 /* AF_INET */, 2 /* SOCK_DGRAM */, 0);
  request.ifr_ifru.ifru_flags = IFF_UP | IFF_RUNNING;
  call(ioctl, socket, 0x8914 /* SIOCSIFFLAGS */, &request);
  shut(&socket);
}

/* Puts a layer in memory over what is mounted on /lower, and the result on /root. */
static int cover(void) {
  return must("no memory for a layer", "", mount("layer", "/layer", "tmpfs", 0, "size=75%,mode=755"))
         && must("no layer", "", call(mkdir, "/layer/upper", 0755))
         && must("no layer", "", call(mkdir, "/layer/work", 0755))
         && must("cannot mount overlay", "",
                 mount("root", "/root", "overlay", 0, "lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work"));
}

static int mount_folder(int writable) {
  return writable ? must("cannot mount the root by 9p", "", mount("root", "/root", "9p", 0, SHARE "cache=mmap"))
                  : must("cannot mount the root by 9p", "", mount("root", "/lower", "9p", MS_RDONLY, SHARE "cache=loose"))
                        && cover();
}

static int mount_disk(const char *type, int writable) {
  struct { u64 words[32]; } status;
  for (u32 waited = 0; call(stat, "/dev/vda", &status) < 0 && waited < DISK_MILLIS; waited++) {
    pause_millis(1);
  }
  return must("cannot mount /dev/vda as ", type,
              mount("/dev/vda", writable ? "/root" : "/lower", type, writable ? 0 : MS_RDONLY, 0))
         && (writable || cover());
}

static void run_and_wait(const char *program, char *const *arguments) {
  static char *const none[] = {0};
  int status;
  long pid = call(fork);
  if (pid == 0) {
    call(execve, program, arguments, none);
    call(exit_group, 127);
  }
  call(wait4, pid, &status, 0, 0);
}

static int move_to_root(void) {
  static const char *const moved[] = {"/dev", "/proc", "/sys"};
  for (u32 i = 0; i < sizeof moved / sizeof *moved; i++) {
    char target[16] = "/root";
    append(target, sizeof target, moved[i]);
    call(mkdir, target, 0755);
    if (!must("the root has no place for ", moved[i], mount(moved[i], target, 0, MS_MOVE, 0))) {
      return 0;
    }
  }
  return must("no root", "", call(chdir, "/root")) && must("no root", "", mount(".", "/", 0, MS_MOVE, 0))
         && must("no root", "", call(chroot, ".")) && must("no root", "", call(chdir, "/"));
}

static int bring_root(const char *root) {
  static char *const install[] = {"busybox", "--install", "-s", "/bin", 0};
  if (same(root, "memory")) {
    run_and_wait("/bin/busybox", install);
    return 1;
  }
  if (same(root, "folder") || same(root, "folder,rw")) {
    return mount_folder(same(root, "folder,rw")) && move_to_root();
  }
  if (begins(root, "disk,")) {
    char type[NAME_BYTES] = "";
    append(type, sizeof type, root + length_of("disk,"));
    u64 length = length_of(type);
    int read_only = length > 3 && same(type + length - 3, ",ro");
    if (read_only) {
      type[length - 3] = 0;
    }
    return mount_disk(type, !read_only) && move_to_root();
  }
  complain("the command line has no such root: ", root, 0);
  return 0;
}

/* Where a root that is only read, or that is the host's own, has no such directory, a file system in memory does. */
static void bring_modules(void) {
  char release[NAME_BYTES], place[NAME_BYTES + 16] = "/lib/modules/";
  option("ballast.modules=", release, sizeof release);
  if (!release[0]) {
    return;
  }
  append(place, sizeof place, release);
  call(mkdir, "/lib", 0755);
  call(mkdir, "/lib/modules", 0755);
  struct { u64 words[32]; } status;
  if (call(stat, place, &status) < 0) {
    mount("modules", "/lib/modules", "tmpfs", 0, "mode=755");
    call(mkdir, place, 0755);
  }
  must("cannot mount modules at ", place, mount("modules", place, "9p", MS_RDONLY, SHARE "cache=loose"));
}

int init_guest(void) {
  char root[NAME_BYTES];
  call(umask, 022);
  static const char *const places[] = {"/proc", "/sys", "/dev", "/root", "/lower", "/layer"};
  for (u32 i = 0; i < sizeof places / sizeof *places; i++) {
    call(mkdir, places[i], 0755);
  }
  mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount("sys", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount("dev", "/dev", "devtmpfs", MS_NOSUID, 0);
  if (!must("cannot read ", "/proc/cmdline", read_file("/proc/cmdline", line, sizeof line))) {
    return 0;
  }
  option("ballast.root=", root, sizeof root);
  load_modules();
  if (!bring_root(root)) {
    return 0;
  }
  call(mkdir, "/dev/pts", 0755);
  call(mkdir, "/dev/shm", 0777);
  mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "ptmxmode=666,mode=620");
  mount("shm", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
  mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
  mount_if_known("cgroup2", "/sys/fs/cgroup");
  mount_if_known("debugfs", "/sys/kernel/debug");
  mount_if_known("tracefs", "/sys/kernel/tracing");
  mount_if_known("bpf", "/sys/fs/bpf");
  bring_modules();
  raise_loopback();
  call(sethostname, "ballast", length_of("ballast"));
  return 1;
}
