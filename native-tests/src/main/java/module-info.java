/** Boots guests from JUnit: the extension, the rig and the benchmarks. */
module org.ballastvm.testkit {
  requires org.ballastvm.vmm;
  requires transitive org.ballastvm.images;
  requires transitive org.ballastvm.kvm;
  requires transitive org.ballastvm.virtio;
  requires com.fasterxml.jackson.core;
  requires jdk.jfr;
  requires static transitive org.junit.jupiter.api;

  exports org.ballastvm.testkit;
  exports org.ballastvm.testkit.agent;
  exports org.ballastvm.testkit.coverage;
  exports org.ballastvm.testkit.ktap;
  exports org.ballastvm.testkit.look;
  exports org.ballastvm.testkit.verdict;

  provides org.ballastvm.vmm.command.SubCommand with
      org.ballastvm.testkit.bench.BenchCommand,
      org.ballastvm.testkit.bisect.BisectCommand,
      org.ballastvm.testkit.command.DemoCommand,
      org.ballastvm.testkit.command.DialogueCommand,
      org.ballastvm.testkit.command.DoctorCommand,
      org.ballastvm.testkit.command.ImageCommand,
      org.ballastvm.testkit.command.RigCommand,
      org.ballastvm.testkit.command.RunCommand,
      org.ballastvm.testkit.study.StudyCommand;
}
