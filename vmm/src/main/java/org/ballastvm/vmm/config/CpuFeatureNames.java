package org.ballastvm.vmm.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.ballastvm.vmm.config.CpuFeature.Register;

/**
 * What bits of CPUID are called: by QEMU, and by Linux in /proc/cpuinfo (arch/x86/include/asm/cpufeatures.h). A dash and an
 * underscore are the same. Loaded for those who name one.
 *
 * <p>
 * Source: Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E; Documentation/virt/kvm/x86/cpuid.rst.
 */
public final class CpuFeatureNames {
  /** A line: function, index, register, and names from bit 0 on; {@code =N} goes on at bit N, {@code /} parts two names. */
  private static final String TABLE = """
      1 0 EDX fpu vme de pse tsc msr pae mce cx8 apic =11 sep mtrr pge mca cmov pat pse36 pn clflush/clfsh \
       =21 ds/dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe
      1 0 ECX pni/sse3 pclmulqdq/pclmuldq dtes64 monitor ds-cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm \
       =17 pcid dca sse4.1/sse4-1 sse4.2/sse4-2 x2apic movbe popcnt tsc-deadline/tsc-deadline-timer aes xsave \
       =28 avx f16c rdrand/rdrnd hypervisor
      6 0 EAX =2 arat
      7 0 EBX fsgsbase tsc-adjust sgx bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm rdt-m/cqm zero-fcs-fds \
       mpx rdt-a avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er \
       avx512cd sha-ni avx512bw avx512vl
      7 0 ECX prefetchwt1 avx512vbmi/avx512-vbmi umip pku =5 waitpkg avx512vbmi2/avx512-vbmi2 shstk gfni vaes \
       vpclmulqdq avx512vnni/avx512-vnni avx512bitalg/avx512-bitalg tme avx512-vpopcntdq =16 la57 =22 rdpid \
       key-locker/kl bus-lock-detect cldemote =27 movdiri movdir64b enqcmd sgxlc/sgx-lc pks
      7 0 EDX =1 sgx-keys avx512-4vnniw avx512-4fmaps fsrm uintr =8 avx512-vp2intersect srbds-ctrl md-clear \
       rtm-always-abort =13 tsx-force-abort serialize hybrid-cpu tsx-ldtrk/tsxldtrk =18 pconfig arch-lbr ibt \
       =22 amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp/intel-stibp flush-l1d arch-capabilities \
       core-capability ssbd/spec-ctrl-ssbd
      7 1 EAX sha512 sm3 sm4 rao-int avx-vnni avx512-bf16 lass cmpccxadd arch-perfmon-ext =10 fzrm fsrs fsrc \
       =17 fred lkgs wrmsrns nmi-src amx-fp16 hreset avx-ifma =26 lam msrlist =31 movrs
      7 1 EDX =4 avx-vnni-int8 avx-ne-convert =8 amx-complex =10 avx-vnni-int16 =14 prefetchiti user-msr =18 cet-sss \
       avx10 =21 apxf/apx
      7 2 EDX intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no
      d 1 EAX xsaveopt xsavec xgetbv1 xsaves xfd
      40000001 0 EAX kvmclock kvm-nopiodelay kvm-mmu kvmclock kvm-asyncpf kvm-steal-time kvm-pv-eoi kvm-pv-unhalt \
       =9 kvm-pv-tlb-flush kvm-asyncpf-vmexit kvm-pv-ipi kvm-poll-control kvm-pv-sched-yield kvm-asyncpf-int \
       kvm-msi-ext-dest-id =24 kvmclock-stable-bit
      80000001 0 EDX fpu vme de pse tsc msr pae mce cx8 apic =11 syscall mtrr pge mca cmov pat pse36 =19 mp nx/xd \
       =22 mmxext mmx fxsr fxsr-opt/ffxsr pdpe1gb rdtscp =29 lm/i64 3dnowext 3dnow
      80000001 0 ECX lahf-lm cmp-legacy svm extapic cr8legacy/cr8-legacy abm/lzcnt sse4a misalignsse 3dnowprefetch \
       osvw ibs xop skinit wdt =15 lwp fma4 tce =19 nodeid-msr =21 tbm topoext perfctr-core perfctr-nb =26 bpext \
       ptsc perfctr-llc mwaitx
      80000007 0 EDX =8 invtsc/nonstop-tsc
      80000008 0 EBX clzero irperf xsaveerptr =4 rdpru =9 wbnoinvd =12 ibpb/amd-ibpb =14 ibrs/amd-ibrs amd-stibp \
       =17 stibp-always-on =23 amd-ppin amd-ssbd virt-ssbd amd-no-ssb cppc amd-psfd btc-no =31 brs
      8000000a 0 EDX npt lbrv svm-lock nrip-save/nrips tsc-scale vmcb-clean flushbyasid decodeassists \
       =10 pause-filter =12 pfthreshold avic =15 v-vmsave-vmload vgif =18 x2avic =20 v-spec-ctrl =25 vnmi
      8000001f 0 EAX sme sev =3 sev-es sev-snp
      80000021 0 EAX no-nested-data-bp =2 lfence-always-serializing =6 null-sel-clr-base =8 auto-ibrs/autoibrs
      80000022 0 EAX perfmon-v2 amd-lbr-v2
      """;
  private static final int FIXED_COLUMNS = 3;

  private static final Map<String, List<CpuFeature>> BITS = read();

  private CpuFeatureNames() {}

  private static Map<String, List<CpuFeature>> read() {
    Map<String, List<CpuFeature>> bits = new LinkedHashMap<>();
    TABLE.lines().forEach(line -> readLine(line.trim().split(" +"), bits));
    return bits;
  }

  private static void readLine(String[] words, Map<String, List<CpuFeature>> into) {
    int function = Integer.parseUnsignedInt(words[0], 16);
    int index = Integer.parseInt(words[1]);
    Register register = Register.valueOf(words[2]);
    int bit = 0;
    for (int i = FIXED_COLUMNS; i < words.length; i++) {
      if (words[i].startsWith("=")) {
        bit = Integer.parseInt(words[i].substring(1));
        continue;
      }
      CpuFeature feature = new CpuFeature(function, index, register, bit++);
      for (String name : words[i].split("/")) {
        into.computeIfAbsent(name, key -> new ArrayList<>()).add(feature);
      }
    }
  }

  /**
   * What a name stands for.
   *
   * @param name in QEMU's or Linux' spelling
   * @return its bits: several where a processor says the same in several places; none for an unknown name
   */
  public static List<CpuFeature> find(String name) {
    return List.copyOf(BITS.getOrDefault(name.replace('_', '-'), List.of()));
  }

  /** {@return the bits of all names that begin with a text} */
  static List<CpuFeature> beginningWith(String text) {
    return BITS.entrySet().stream().filter(entry -> entry.getKey().startsWith(text)).map(Map.Entry::getValue)
        .flatMap(Collection::stream).toList();
  }

  /** {@return all names, in order} */
  public static Collection<String> all() { return new TreeSet<>(BITS.keySet()); }
}
