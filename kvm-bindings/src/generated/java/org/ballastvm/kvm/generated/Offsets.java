// Written by WriteOffsets from what jextract generated

package org.ballastvm.kvm.generated;

public final class Offsets {
    public static final class __fsid_t {
        public static final long SIZE = 8;
        public static final long __val = 0;
    }
    public static final class __sigset_t {
        public static final long SIZE = 128;
        public static final long __val = 0;
    }
    public static final class cmsghdr {
        public static final long SIZE = 16;
        public static final long cmsg_len = 0;
        public static final long cmsg_level = 8;
        public static final long cmsg_type = 12;
    }
    public static final class dirent64 {
        public static final long SIZE = 280;
        public static final long d_ino = 0;
        public static final long d_off = 8;
        public static final long d_reclen = 16;
        public static final long d_type = 18;
        public static final long d_name = 19;
    }
    public static final class epoll_data {
        public static final long SIZE = 8;
        public static final long ptr = 0;
        public static final long fd = 0;
        public static final long u32 = 0;
        public static final long u64 = 0;
    }
    public static final class epoll_event {
        public static final long SIZE = 12;
        public static final long events = 0;
        public static final long data = 4;
        public static final class data_ {
            public static final long ptr = 4;
            public static final long fd = 4;
            public static final long u32 = 4;
            public static final long u64 = 4;
        }
    }
    public static final class flock {
        public static final long SIZE = 32;
        public static final long l_type = 0;
        public static final long l_whence = 2;
        public static final long l_start = 8;
        public static final long l_len = 16;
        public static final long l_pid = 24;
    }
    public static final class in_addr {
        public static final long SIZE = 4;
        public static final long s_addr = 0;
    }
    public static final class io_cqring_offsets {
        public static final long SIZE = 40;
        public static final long head = 0;
        public static final long tail = 4;
        public static final long ring_mask = 8;
        public static final long ring_entries = 12;
        public static final long overflow = 16;
        public static final long cqes = 20;
        public static final long flags = 24;
        public static final long resv1 = 28;
        public static final long resv2 = 32;
    }
    public static final class io_sqring_offsets {
        public static final long SIZE = 40;
        public static final long head = 0;
        public static final long tail = 4;
        public static final long ring_mask = 8;
        public static final long ring_entries = 12;
        public static final long flags = 16;
        public static final long dropped = 20;
        public static final long array = 24;
        public static final long resv1 = 28;
        public static final long resv2 = 32;
    }
    public static final class io_uring_cqe {
        public static final long SIZE = 16;
        public static final long user_data = 0;
        public static final long res = 8;
        public static final long flags = 12;
        public static final long big_cqe = 16;
    }
    public static final class io_uring_params {
        public static final long SIZE = 120;
        public static final long sq_entries = 0;
        public static final long cq_entries = 4;
        public static final long flags = 8;
        public static final long sq_thread_cpu = 12;
        public static final long sq_thread_idle = 16;
        public static final long features = 20;
        public static final long wq_fd = 24;
        public static final long resv = 28;
        public static final long sq_off = 40;
        public static final long cq_off = 80;
    }
    public static final class io_uring_sqe {
        public static final long SIZE = 64;
        public static final long opcode = 0;
        public static final long flags = 1;
        public static final long ioprio = 2;
        public static final long fd = 4;
        public static final long off = 8;
        public static final long addr2 = 8;
        public static final long cmd_op = 8;
        public static final long __pad1 = 12;
        public static final long addr = 16;
        public static final long splice_off_in = 16;
        public static final long len = 24;
        public static final long rw_flags = 28;
        public static final long fsync_flags = 28;
        public static final long poll_events = 28;
        public static final long poll32_events = 28;
        public static final long sync_range_flags = 28;
        public static final long msg_flags = 28;
        public static final long timeout_flags = 28;
        public static final long accept_flags = 28;
        public static final long cancel_flags = 28;
        public static final long open_flags = 28;
        public static final long statx_flags = 28;
        public static final long fadvise_advice = 28;
        public static final long splice_flags = 28;
        public static final long rename_flags = 28;
        public static final long unlink_flags = 28;
        public static final long hardlink_flags = 28;
        public static final long xattr_flags = 28;
        public static final long msg_ring_flags = 28;
        public static final long uring_cmd_flags = 28;
        public static final long user_data = 32;
        public static final long buf_index = 40;
        public static final long buf_group = 40;
        public static final long personality = 42;
        public static final long splice_fd_in = 44;
        public static final long file_index = 44;
        public static final long addr_len = 44;
        public static final long __pad3 = 46;
        public static final long addr3 = 48;
        public static final long __pad2 = 56;
        public static final long cmd = 48;
    }
    public static final class iovec {
        public static final long SIZE = 16;
        public static final long iov_base = 0;
        public static final long iov_len = 8;
    }
    public static final class itimerspec {
        public static final long SIZE = 32;
        public static final long it_interval = 0;
        public static final long it_value = 16;
    }
    public static final class kvm_clock_data {
        public static final long SIZE = 48;
        public static final long clock = 0;
        public static final long flags = 8;
        public static final long pad0 = 12;
        public static final long realtime = 16;
        public static final long host_tsc = 24;
        public static final long pad = 32;
    }
    public static final class kvm_coalesced_mmio {
        public static final long SIZE = 24;
        public static final long phys_addr = 0;
        public static final long len = 8;
        public static final long pad = 12;
        public static final long pio = 12;
        public static final long data = 16;
    }
    public static final class kvm_coalesced_mmio_ring {
        public static final long SIZE = 8;
        public static final long first = 0;
        public static final long last = 4;
        public static final long __empty_coalesced_mmio = 8;
        public static final class __empty_coalesced_mmio_ {
        }
        public static final long coalesced_mmio = 8;
    }
    public static final class kvm_coalesced_mmio_zone {
        public static final long SIZE = 16;
        public static final long addr = 0;
        public static final long size = 8;
        public static final long pad = 12;
        public static final long pio = 12;
    }
    public static final class kvm_cpuid2 {
        public static final long SIZE = 8;
        public static final long nent = 0;
        public static final long padding = 4;
        public static final long __empty_entries = 8;
        public static final class __empty_entries_ {
        }
        public static final long entries = 8;
    }
    public static final class kvm_cpuid_entry2 {
        public static final long SIZE = 40;
        public static final long function = 0;
        public static final long index = 4;
        public static final long flags = 8;
        public static final long eax = 12;
        public static final long ebx = 16;
        public static final long ecx = 20;
        public static final long edx = 24;
        public static final long padding = 28;
    }
    public static final class kvm_debug_exit_arch {
        public static final long SIZE = 32;
        public static final long exception = 0;
        public static final long pad = 4;
        public static final long pc = 8;
        public static final long dr6 = 16;
        public static final long dr7 = 24;
    }
    public static final class kvm_debugregs {
        public static final long SIZE = 128;
        public static final long db = 0;
        public static final long dr6 = 32;
        public static final long dr7 = 40;
        public static final long flags = 48;
        public static final long reserved = 56;
    }
    public static final class kvm_device_attr {
        public static final long SIZE = 24;
        public static final long flags = 0;
        public static final long group = 4;
        public static final long attr = 8;
        public static final long addr = 16;
    }
    public static final class kvm_dirty_log {
        public static final long SIZE = 16;
        public static final long slot = 0;
        public static final long padding1 = 4;
        public static final long dirty_bitmap = 8;
        public static final long padding2 = 8;
    }
    public static final class kvm_dtable {
        public static final long SIZE = 16;
        public static final long base = 0;
        public static final long limit = 8;
        public static final long padding = 10;
    }
    public static final class kvm_enable_cap {
        public static final long SIZE = 104;
        public static final long cap = 0;
        public static final long flags = 4;
        public static final long args = 8;
        public static final long pad = 40;
    }
    public static final class kvm_fpu {
        public static final long SIZE = 416;
        public static final long fpr = 0;
        public static final long fcw = 128;
        public static final long fsw = 130;
        public static final long ftwx = 132;
        public static final long pad1 = 133;
        public static final long last_opcode = 134;
        public static final long last_ip = 136;
        public static final long last_dp = 144;
        public static final long xmm = 152;
        public static final long mxcsr = 408;
        public static final long pad2 = 412;
    }
    public static final class kvm_guest_debug {
        public static final long SIZE = 72;
        public static final long control = 0;
        public static final long pad = 4;
        public static final long arch = 8;
    }
    public static final class kvm_guest_debug_arch {
        public static final long SIZE = 64;
        public static final long debugreg = 0;
    }
    public static final class kvm_hyperv_exit {
        public static final long SIZE = 56;
        public static final long type = 0;
        public static final long pad1 = 4;
        public static final long u = 8;
        public static final class u_ {
            public static final long synic = 8;
            public static final class synic_ {
                public static final long msr = 8;
                public static final long pad2 = 12;
                public static final long control = 16;
                public static final long evt_page = 24;
                public static final long msg_page = 32;
            }
            public static final long hcall = 8;
            public static final class hcall_ {
                public static final long input = 8;
                public static final long result = 16;
                public static final long params = 24;
            }
            public static final long syndbg = 8;
            public static final class syndbg_ {
                public static final long msr = 8;
                public static final long pad2 = 12;
                public static final long control = 16;
                public static final long status = 24;
                public static final long send_page = 32;
                public static final long recv_page = 40;
                public static final long pending_page = 48;
            }
        }
    }
    public static final class kvm_ioapic_state {
        public static final long SIZE = 216;
        public static final long base_address = 0;
        public static final long ioregsel = 8;
        public static final long id = 12;
        public static final long irr = 16;
        public static final long pad = 20;
        public static final long redirtbl = 24;
    }
    public static final class kvm_ioeventfd {
        public static final long SIZE = 64;
        public static final long datamatch = 0;
        public static final long addr = 8;
        public static final long len = 16;
        public static final long fd = 20;
        public static final long flags = 24;
        public static final long pad = 28;
    }
    public static final class kvm_irq_level {
        public static final long SIZE = 8;
        public static final long irq = 0;
        public static final long status = 0;
        public static final long level = 4;
    }
    public static final class kvm_irq_routing {
        public static final long SIZE = 8;
        public static final long nr = 0;
        public static final long flags = 4;
        public static final long __empty_entries = 8;
        public static final class __empty_entries_ {
        }
        public static final long entries = 8;
    }
    public static final class kvm_irq_routing_entry {
        public static final long SIZE = 48;
        public static final long gsi = 0;
        public static final long type = 4;
        public static final long flags = 8;
        public static final long pad = 12;
        public static final long u = 16;
        public static final class u_ {
            public static final long irqchip = 16;
            public static final long msi = 16;
            public static final long adapter = 16;
            public static final long hv_sint = 16;
            public static final long xen_evtchn = 16;
            public static final long pad = 16;
        }
    }
    public static final class kvm_irq_routing_hv_sint {
        public static final long SIZE = 8;
        public static final long vcpu = 0;
        public static final long sint = 4;
    }
    public static final class kvm_irq_routing_irqchip {
        public static final long SIZE = 8;
        public static final long irqchip = 0;
        public static final long pin = 4;
    }
    public static final class kvm_irq_routing_msi {
        public static final long SIZE = 16;
        public static final long address_lo = 0;
        public static final long address_hi = 4;
        public static final long data = 8;
        public static final long pad = 12;
        public static final long devid = 12;
    }
    public static final class kvm_irq_routing_s390_adapter {
        public static final long SIZE = 32;
        public static final long ind_addr = 0;
        public static final long summary_addr = 8;
        public static final long ind_offset = 16;
        public static final long summary_offset = 24;
        public static final long adapter_id = 28;
    }
    public static final class kvm_irq_routing_xen_evtchn {
        public static final long SIZE = 12;
        public static final long port = 0;
        public static final long vcpu = 4;
        public static final long priority = 8;
    }
    public static final class kvm_irqchip {
        public static final long SIZE = 520;
        public static final long chip_id = 0;
        public static final long pad = 4;
        public static final long chip = 8;
        public static final class chip_ {
            public static final long dummy = 8;
            public static final long pic = 8;
            public static final long ioapic = 8;
        }
    }
    public static final class kvm_irqfd {
        public static final long SIZE = 32;
        public static final long fd = 0;
        public static final long gsi = 4;
        public static final long flags = 8;
        public static final long resamplefd = 12;
        public static final long pad = 16;
    }
    public static final class kvm_lapic_state {
        public static final long SIZE = 1024;
        public static final long regs = 0;
    }
    public static final class kvm_mp_state {
        public static final long SIZE = 4;
        public static final long mp_state = 0;
    }
    public static final class kvm_msi {
        public static final long SIZE = 32;
        public static final long address_lo = 0;
        public static final long address_hi = 4;
        public static final long data = 8;
        public static final long flags = 12;
        public static final long devid = 16;
        public static final long pad = 20;
    }
    public static final class kvm_msr_entry {
        public static final long SIZE = 16;
        public static final long index = 0;
        public static final long reserved = 4;
        public static final long data = 8;
    }
    public static final class kvm_msr_list {
        public static final long SIZE = 4;
        public static final long nmsrs = 0;
        public static final long __empty_indices = 4;
        public static final class __empty_indices_ {
        }
        public static final long indices = 4;
    }
    public static final class kvm_msrs {
        public static final long SIZE = 8;
        public static final long nmsrs = 0;
        public static final long pad = 4;
        public static final long __empty_entries = 8;
        public static final class __empty_entries_ {
        }
        public static final long entries = 8;
    }
    public static final class kvm_pic_state {
        public static final long SIZE = 16;
        public static final long last_irr = 0;
        public static final long irr = 1;
        public static final long imr = 2;
        public static final long isr = 3;
        public static final long priority_add = 4;
        public static final long irq_base = 5;
        public static final long read_reg_select = 6;
        public static final long poll = 7;
        public static final long special_mask = 8;
        public static final long init_state = 9;
        public static final long auto_eoi = 10;
        public static final long rotate_on_auto_eoi = 11;
        public static final long special_fully_nested_mode = 12;
        public static final long init4 = 13;
        public static final long elcr = 14;
        public static final long elcr_mask = 15;
    }
    public static final class kvm_pit_channel_state {
        public static final long SIZE = 24;
        public static final long count = 0;
        public static final long latched_count = 4;
        public static final long count_latched = 6;
        public static final long status_latched = 7;
        public static final long status = 8;
        public static final long read_state = 9;
        public static final long write_state = 10;
        public static final long write_latch = 11;
        public static final long rw_mode = 12;
        public static final long mode = 13;
        public static final long bcd = 14;
        public static final long gate = 15;
        public static final long count_load_time = 16;
    }
    public static final class kvm_pit_config {
        public static final long SIZE = 64;
        public static final long flags = 0;
        public static final long pad = 4;
    }
    public static final class kvm_pit_state2 {
        public static final long SIZE = 112;
        public static final long channels = 0;
        public static final long flags = 72;
        public static final long reserved = 76;
    }
    public static final class kvm_regs {
        public static final long SIZE = 144;
        public static final long rax = 0;
        public static final long rbx = 8;
        public static final long rcx = 16;
        public static final long rdx = 24;
        public static final long rsi = 32;
        public static final long rdi = 40;
        public static final long rsp = 48;
        public static final long rbp = 56;
        public static final long r8 = 64;
        public static final long r9 = 72;
        public static final long r10 = 80;
        public static final long r11 = 88;
        public static final long r12 = 96;
        public static final long r13 = 104;
        public static final long r14 = 112;
        public static final long r15 = 120;
        public static final long rip = 128;
        public static final long rflags = 136;
    }
    public static final class kvm_reinject_control {
        public static final long SIZE = 32;
        public static final long pit_reinject = 0;
        public static final long reserved = 1;
    }
    public static final class kvm_run {
        public static final long SIZE = 2352;
        public static final long request_interrupt_window = 0;
        public static final long immediate_exit = 1;
        public static final long padding1 = 2;
        public static final long exit_reason = 8;
        public static final long ready_for_interrupt_injection = 12;
        public static final long if_flag = 13;
        public static final long flags = 14;
        public static final long cr8 = 16;
        public static final long apic_base = 24;
        public static final long hw = 32;
        public static final class hw_ {
            public static final long hardware_exit_reason = 32;
        }
        public static final long fail_entry = 32;
        public static final class fail_entry_ {
            public static final long hardware_entry_failure_reason = 32;
            public static final long cpu = 40;
        }
        public static final long ex = 32;
        public static final class ex_ {
            public static final long exception = 32;
            public static final long error_code = 36;
        }
        public static final long io = 32;
        public static final class io_ {
            public static final long direction = 32;
            public static final long size = 33;
            public static final long port = 34;
            public static final long count = 36;
            public static final long data_offset = 40;
        }
        public static final long debug = 32;
        public static final class debug_ {
            public static final long arch = 32;
        }
        public static final long mmio = 32;
        public static final class mmio_ {
            public static final long phys_addr = 32;
            public static final long data = 40;
            public static final long len = 48;
            public static final long is_write = 52;
        }
        public static final long hypercall = 32;
        public static final class hypercall_ {
            public static final long nr = 32;
            public static final long args = 40;
            public static final long ret = 88;
            public static final long longmode = 96;
            public static final long pad = 100;
        }
        public static final long tpr_access = 32;
        public static final class tpr_access_ {
            public static final long rip = 32;
            public static final long is_write = 40;
            public static final long pad = 44;
        }
        public static final long s390_sieic = 32;
        public static final class s390_sieic_ {
            public static final long icptcode = 32;
            public static final long ipa = 34;
            public static final long ipb = 36;
        }
        public static final long s390_reset_flags = 32;
        public static final long s390_ucontrol = 32;
        public static final class s390_ucontrol_ {
            public static final long trans_exc_code = 32;
            public static final long pgm_code = 40;
        }
        public static final long dcr = 32;
        public static final class dcr_ {
            public static final long dcrn = 32;
            public static final long data = 36;
            public static final long is_write = 40;
        }
        public static final long internal = 32;
        public static final class internal_ {
            public static final long suberror = 32;
            public static final long ndata = 36;
            public static final long data = 40;
        }
        public static final long emulation_failure = 32;
        public static final class emulation_failure_ {
            public static final long suberror = 32;
            public static final long ndata = 36;
            public static final long flags = 40;
            public static final long insn_size = 48;
            public static final long insn_bytes = 49;
        }
        public static final long osi = 32;
        public static final class osi_ {
            public static final long gprs = 32;
        }
        public static final long papr_hcall = 32;
        public static final class papr_hcall_ {
            public static final long nr = 32;
            public static final long ret = 40;
            public static final long args = 48;
        }
        public static final long s390_tsch = 32;
        public static final class s390_tsch_ {
            public static final long subchannel_id = 32;
            public static final long subchannel_nr = 34;
            public static final long io_int_parm = 36;
            public static final long io_int_word = 40;
            public static final long ipb = 44;
            public static final long dequeued = 48;
        }
        public static final long epr = 32;
        public static final class epr_ {
            public static final long epr = 32;
        }
        public static final long system_event = 32;
        public static final class system_event_ {
            public static final long type = 32;
            public static final long ndata = 36;
            public static final long flags = 40;
            public static final long data = 40;
        }
        public static final long s390_stsi = 32;
        public static final class s390_stsi_ {
            public static final long addr = 32;
            public static final long ar = 40;
            public static final long reserved = 41;
            public static final long fc = 42;
            public static final long sel1 = 43;
            public static final long sel2 = 44;
        }
        public static final long eoi = 32;
        public static final class eoi_ {
            public static final long vector = 32;
        }
        public static final long hyperv = 32;
        public static final long arm_nisv = 32;
        public static final class arm_nisv_ {
            public static final long esr_iss = 32;
            public static final long fault_ipa = 40;
        }
        public static final long msr = 32;
        public static final class msr_ {
            public static final long error = 32;
            public static final long pad = 33;
            public static final long reason = 40;
            public static final long index = 44;
            public static final long data = 48;
        }
        public static final long xen = 32;
        public static final long riscv_sbi = 32;
        public static final class riscv_sbi_ {
            public static final long extension_id = 32;
            public static final long function_id = 40;
            public static final long args = 48;
            public static final long ret = 96;
        }
        public static final long riscv_csr = 32;
        public static final class riscv_csr_ {
            public static final long csr_num = 32;
            public static final long new_value = 40;
            public static final long write_mask = 48;
            public static final long ret_value = 56;
        }
        public static final long notify = 32;
        public static final class notify_ {
            public static final long flags = 32;
        }
        public static final long padding = 32;
        public static final long kvm_valid_regs = 288;
        public static final long kvm_dirty_regs = 296;
        public static final long s = 304;
        public static final class s_ {
            public static final long regs = 304;
            public static final long padding = 304;
        }
    }
    public static final class kvm_segment {
        public static final long SIZE = 24;
        public static final long base = 0;
        public static final long limit = 8;
        public static final long selector = 12;
        public static final long type = 14;
        public static final long present = 15;
        public static final long dpl = 16;
        public static final long db = 17;
        public static final long s = 18;
        public static final long l = 19;
        public static final long g = 20;
        public static final long avl = 21;
        public static final long unusable = 22;
        public static final long padding = 23;
    }
    public static final class kvm_sregs {
        public static final long SIZE = 312;
        public static final long cs = 0;
        public static final long ds = 24;
        public static final long es = 48;
        public static final long fs = 72;
        public static final long gs = 96;
        public static final long ss = 120;
        public static final long tr = 144;
        public static final long ldt = 168;
        public static final long gdt = 192;
        public static final long idt = 208;
        public static final long cr0 = 224;
        public static final long cr2 = 232;
        public static final long cr3 = 240;
        public static final long cr4 = 248;
        public static final long cr8 = 256;
        public static final long efer = 264;
        public static final long apic_base = 272;
        public static final long interrupt_bitmap = 280;
    }
    public static final class kvm_sregs2 {
        public static final long SIZE = 320;
        public static final long cs = 0;
        public static final long ds = 24;
        public static final long es = 48;
        public static final long fs = 72;
        public static final long gs = 96;
        public static final long ss = 120;
        public static final long tr = 144;
        public static final long ldt = 168;
        public static final long gdt = 192;
        public static final long idt = 208;
        public static final long cr0 = 224;
        public static final long cr2 = 232;
        public static final long cr3 = 240;
        public static final long cr4 = 248;
        public static final long cr8 = 256;
        public static final long efer = 264;
        public static final long apic_base = 272;
        public static final long flags = 280;
        public static final long pdptrs = 288;
    }
    public static final class kvm_sync_regs {
        public static final long SIZE = 520;
        public static final long regs = 0;
        public static final long sregs = 144;
        public static final long events = 456;
    }
    public static final class kvm_userspace_memory_region {
        public static final long SIZE = 32;
        public static final long slot = 0;
        public static final long flags = 4;
        public static final long guest_phys_addr = 8;
        public static final long memory_size = 16;
        public static final long userspace_addr = 24;
    }
    public static final class kvm_vcpu_events {
        public static final long SIZE = 64;
        public static final long exception = 0;
        public static final class exception_ {
            public static final long injected = 0;
            public static final long nr = 1;
            public static final long has_error_code = 2;
            public static final long pending = 3;
            public static final long error_code = 4;
        }
        public static final long interrupt = 8;
        public static final class interrupt_ {
            public static final long injected = 8;
            public static final long nr = 9;
            public static final long soft = 10;
            public static final long shadow = 11;
        }
        public static final long nmi = 12;
        public static final class nmi_ {
            public static final long injected = 12;
            public static final long pending = 13;
            public static final long masked = 14;
            public static final long pad = 15;
        }
        public static final long sipi_vector = 16;
        public static final long flags = 20;
        public static final long smi = 24;
        public static final class smi_ {
            public static final long smm = 24;
            public static final long pending = 25;
            public static final long smm_inside_nmi = 26;
            public static final long latched_init = 27;
        }
        public static final long triple_fault = 28;
        public static final class triple_fault_ {
            public static final long pending = 28;
        }
        public static final long reserved = 29;
        public static final long exception_has_payload = 55;
        public static final long exception_payload = 56;
    }
    public static final class kvm_xcr {
        public static final long SIZE = 16;
        public static final long xcr = 0;
        public static final long reserved = 4;
        public static final long value = 8;
    }
    public static final class kvm_xcrs {
        public static final long SIZE = 392;
        public static final long nr_xcrs = 0;
        public static final long flags = 4;
        public static final long xcrs = 8;
        public static final long padding = 264;
    }
    public static final class kvm_xen_exit {
        public static final long SIZE = 80;
        public static final long type = 0;
        public static final long u = 8;
        public static final class u_ {
            public static final long hcall = 8;
            public static final class hcall_ {
                public static final long longmode = 8;
                public static final long cpl = 12;
                public static final long input = 16;
                public static final long result = 24;
                public static final long params = 32;
            }
        }
    }
    public static final class kvm_xsave {
        public static final long SIZE = 4096;
        public static final long region = 0;
        public static final long __empty_extra = 4096;
        public static final class __empty_extra_ {
        }
        public static final long extra = 4096;
    }
    public static final class msghdr {
        public static final long SIZE = 56;
        public static final long msg_name = 0;
        public static final long msg_namelen = 8;
        public static final long msg_iov = 16;
        public static final long msg_iovlen = 24;
        public static final long msg_control = 32;
        public static final long msg_controllen = 40;
        public static final long msg_flags = 48;
    }
    public static final class open_how {
        public static final long SIZE = 24;
        public static final long flags = 0;
        public static final long mode = 8;
        public static final long resolve = 16;
    }
    public static final class rlimit {
        public static final long SIZE = 16;
        public static final long rlim_cur = 0;
        public static final long rlim_max = 8;
    }
    public static final class sigaction {
        public static final long SIZE = 152;
        public static final long __sigaction_handler = 0;
        public static final class __sigaction_handler_ {
            public static final long sa_handler = 0;
            public static final long sa_sigaction = 0;
        }
        public static final long sa_mask = 8;
        public static final long sa_flags = 136;
        public static final long sa_restorer = 144;
    }
    public static final class sockaddr_in {
        public static final long SIZE = 16;
        public static final long sin_family = 0;
        public static final long sin_port = 2;
        public static final long sin_addr = 4;
        public static final long sin_zero = 8;
    }
    public static final class sockaddr_un {
        public static final long SIZE = 110;
        public static final long sun_family = 0;
        public static final long sun_path = 2;
    }
    public static final class stat {
        public static final long SIZE = 144;
        public static final long st_dev = 0;
        public static final long st_ino = 8;
        public static final long st_nlink = 16;
        public static final long st_mode = 24;
        public static final long st_uid = 28;
        public static final long st_gid = 32;
        public static final long __pad0 = 36;
        public static final long st_rdev = 40;
        public static final long st_size = 48;
        public static final long st_blksize = 56;
        public static final long st_blocks = 64;
        public static final long st_atim = 72;
        public static final long st_mtim = 88;
        public static final long st_ctim = 104;
        public static final long __glibc_reserved = 120;
    }
    public static final class statfs {
        public static final long SIZE = 120;
        public static final long f_type = 0;
        public static final long f_bsize = 8;
        public static final long f_blocks = 16;
        public static final long f_bfree = 24;
        public static final long f_bavail = 32;
        public static final long f_files = 40;
        public static final long f_ffree = 48;
        public static final long f_fsid = 56;
        public static final long f_namelen = 64;
        public static final long f_frsize = 72;
        public static final long f_flags = 80;
        public static final long f_spare = 88;
    }
    public static final class termios {
        public static final long SIZE = 36;
        public static final long c_iflag = 0;
        public static final long c_oflag = 4;
        public static final long c_cflag = 8;
        public static final long c_lflag = 12;
        public static final long c_line = 16;
        public static final long c_cc = 17;
    }
    public static final class timespec {
        public static final long SIZE = 16;
        public static final long tv_sec = 0;
        public static final long tv_nsec = 8;
    }
    public static final class vhost_memory {
        public static final long SIZE = 8;
        public static final long nregions = 0;
        public static final long padding = 4;
        public static final long regions = 8;
    }
    public static final class vhost_memory_region {
        public static final long SIZE = 32;
        public static final long guest_phys_addr = 0;
        public static final long memory_size = 8;
        public static final long userspace_addr = 16;
        public static final long flags_padding = 24;
    }
    public static final class vhost_vring_addr {
        public static final long SIZE = 40;
        public static final long index = 0;
        public static final long flags = 4;
        public static final long desc_user_addr = 8;
        public static final long used_user_addr = 16;
        public static final long avail_user_addr = 24;
        public static final long log_guest_addr = 32;
    }
    public static final class vhost_vring_file {
        public static final long SIZE = 8;
        public static final long index = 0;
        public static final long fd = 4;
    }
    public static final class vhost_vring_state {
        public static final long SIZE = 8;
        public static final long index = 0;
        public static final long num = 4;
    }
}
