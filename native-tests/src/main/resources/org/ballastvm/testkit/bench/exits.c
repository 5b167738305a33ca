/* The loops of GuestLoop, run as a VMM in C would. Prints how many nanoseconds COUNT rounds took.
   usage: exits IMAGE LOOP COUNT     IMAGE is the guest's memory, with its code, as the Java side made it */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CODE = 0x100000, STACK = 0x8000, PML4 = 0x1000, GDT = 0x9000, IDT = 0xa000 };
enum { DOORBELL = 0x40001000, GSI = 24, VECTOR = 0x40, LAPIC = 0xfee00000, SPURIOUS = 0xf0 };

static int vm, vcpu, doorbell, interrupt;
static struct kvm_run *run;
static volatile uint64_t sink;
static volatile int finished;

static long check(long result, const char *what) {
  if (result < 0) err(1, "%s", what);
  return result;
}

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void load(const char *path) {
  int file = check(open(path, O_RDONLY), path);
  struct stat status;
  check(fstat(file, &status), "fstat");
  void *memory = mmap(0, status.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || read(file, memory, status.st_size) != status.st_size) err(1, "memory");
  struct kvm_userspace_memory_region region = {
      .memory_size = status.st_size, .userspace_addr = (uintptr_t)memory};
  check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
}

static void enter_long_mode(int kvm) {
  struct kvm_cpuid2 *cpuid = calloc(1, sizeof *cpuid + 256 * sizeof cpuid->entries[0]);
  cpuid->nent = 256;
  check(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
  check(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
  struct kvm_sregs s;
  check(ioctl(vcpu, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
  s.cs = (struct kvm_segment){.limit = -1, .selector = 0x10, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1};
  s.ds = (struct kvm_segment){.limit = -1, .selector = 0x18, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1};
  s.es = s.fs = s.gs = s.ss = s.ds;
  s.tr = (struct kvm_segment){.limit = 0xffff, .type = 11, .present = 1};
  s.ldt = (struct kvm_segment){.limit = 0xffff, .type = 2, .present = 1};
  s.gdt = (struct kvm_dtable){.base = GDT, .limit = 0x1f};
  s.idt = (struct kvm_dtable){.base = IDT, .limit = 0xfff};
  s.cr0 = 0x80000033;
  s.cr3 = PML4;
  s.cr4 = 0x20;
  s.efer = 0x500;
  check(ioctl(vcpu, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
  struct kvm_regs r = {.rip = CODE, .rsp = STACK, .rflags = 2};
  check(ioctl(vcpu, KVM_SET_REGS, &r), "KVM_SET_REGS");
  struct kvm_lapic_state lapic;
  check(ioctl(vcpu, KVM_GET_LAPIC, &lapic), "KVM_GET_LAPIC");
  *(uint32_t *)(lapic.regs + SPURIOUS) = 0x1ff;
  check(ioctl(vcpu, KVM_SET_LAPIC, &lapic), "KVM_SET_LAPIC");
}

static void connect_eventfds(void) {
  doorbell = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
  interrupt = check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
  struct kvm_ioeventfd bell = {.addr = DOORBELL, .len = 4, .fd = doorbell};
  check(ioctl(vm, KVM_IOEVENTFD, &bell), "KVM_IOEVENTFD");
  struct kvm_irq_routing *routes = calloc(1, sizeof *routes + sizeof routes->entries[0]);
  routes->nr = 1;
  routes->entries[0] = (struct kvm_irq_routing_entry){
      .gsi = GSI, .type = KVM_IRQ_ROUTING_MSI, .u.msi = {.address_lo = LAPIC, .data = VECTOR}};
  check(ioctl(vm, KVM_SET_GSI_ROUTING, routes), "KVM_SET_GSI_ROUTING");
  struct kvm_irqfd irqfd = {.fd = interrupt, .gsi = GSI};
  check(ioctl(vm, KVM_IRQFD, &irqfd), "KVM_IRQFD");
}

static void enter(void) {
  if (ioctl(vcpu, KVM_RUN, 0) < 0 && errno != EINTR && errno != EAGAIN) err(1, "KVM_RUN");
  switch (run->exit_reason) {
    case KVM_EXIT_IO:
      if (run->io.direction == KVM_EXIT_IO_OUT) {
        const uint8_t *data = (uint8_t *)run + run->io.data_offset;
        uint32_t value = 0;
        memcpy(&value, data, run->io.size);
        sink += value + run->io.port;
      }
      break;
    case KVM_EXIT_MMIO:
      if (run->mmio.is_write) {
        uint64_t value = 0;
        memcpy(&value, run->mmio.data, run->mmio.len);
        sink += value + run->mmio.phys_addr;
      }
      break;
    case KVM_EXIT_INTR:
      break;
    default:
      errx(1, "exit reason %u", run->exit_reason);
  }
}

static void signal_fd(int fd) {
  uint64_t one = 1;
  if (write(fd, &one, sizeof one) < 0 && errno != EAGAIN) err(1, "write");
}

static uint64_t drain(int fd) {
  uint64_t count = 0;
  return read(fd, &count, sizeof count) < 0 ? 0 : count;
}

static void nothing(int signal) { (void)signal; }

static void *run_guest(void *unused) {
  while (!finished) enter();
  return unused;
}

static long ping_pong(long count) {
  int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = 7};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, doorbell, &event), "epoll_ctl");
  struct sigaction action = {.sa_handler = nothing};
  sigaction(SIGRTMIN + 6, &action, 0);
  pthread_t guest;
  pthread_create(&guest, 0, run_guest, 0);
  struct epoll_event ready[32];
  long start = now();
  for (long i = 0; i < count; i++) {
    int n = epoll_wait(epoll, ready, 32, -1);
    for (int k = 0; k < n; k++) {
      if (ready[k].data.u32 == 7 && drain(doorbell) > 0) signal_fd(interrupt);
    }
  }
  long elapsed = now() - start;
  finished = 1;
  run->immediate_exit = 1;
  pthread_kill(guest, SIGRTMIN + 6);
  pthread_join(guest, 0);
  return elapsed;
}

static long rounds(const char *loop, long count) {
  if (!strcmp(loop, "PING_PONG")) return ping_pong(count);
  int rings = !strcmp(loop, "DOORBELL"), interrupts = !strcmp(loop, "INTERRUPT");
  long start = now();
  for (long i = 0; i < count; i++) {
    if (interrupts) signal_fd(interrupt);
    enter();
    if (rings) sink += drain(doorbell);
  }
  return now() - start;
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "usage: exits IMAGE LOOP COUNT");
  int kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
  vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
  check(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
  load(argv[1]);
  vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
  run = mmap(0, check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE"), PROT_READ | PROT_WRITE,
             MAP_SHARED, vcpu, 0);
  if (run == MAP_FAILED) err(1, "mmap");
  enter_long_mode(kvm);
  connect_eventfds();
  long count = atol(argv[3]);
  if (strcmp(argv[2], "PING_PONG")) rounds(argv[2], count / 10);
  printf("%ld\n", rounds(argv[2], count));
  return 0;
}
