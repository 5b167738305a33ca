/** The machine: memory, buses, boot, monitor and command line. */
@SuppressWarnings("module") // the module that is let see more is built later
module org.ballastvm.vmm {
  requires org.ballastvm.acpi;
  requires transitive org.ballastvm.kvm;
  requires transitive org.ballastvm.virtio;
  requires org.ballastvm.images;
  requires com.fasterxml.jackson.core;
  requires org.slf4j;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;
  requires aircompressor.v3;
  requires transitive info.picocli;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires jdk.jfr;
  requires jdk.unsupported; // zstd is unpacked by sun.misc.Unsafe, and its library has no module descriptor to say so

  exports org.ballastvm.vmm;
  exports org.ballastvm.vmm.command;
  exports org.ballastvm.vmm.config;
  exports org.ballastvm.vmm.block to
      org.ballastvm.testkit;
  exports org.ballastvm.vmm.cpu to
      org.ballastvm.testkit;
  exports org.ballastvm.vmm.event;
  exports org.ballastvm.vmm.loop to
      org.ballastvm.testkit;
  exports org.ballastvm.vmm.memory to
      org.ballastvm.testkit;
  exports org.ballastvm.vmm.state;
  exports org.ballastvm.vmm.terminal to
      org.ballastvm.testkit;
  exports org.ballastvm.vmm.trace to
      org.ballastvm.testkit;

  uses org.ballastvm.device.Device;
  uses org.ballastvm.vmm.command.BuildCommand;
  uses org.ballastvm.vmm.command.SubCommand;

  provides org.ballastvm.vmm.command.BuildCommand with
      org.ballastvm.vmm.cli.Training;
  provides org.ballastvm.vmm.command.SubCommand with
      org.ballastvm.vmm.attach.GdbCommand,
      org.ballastvm.vmm.attach.LookCommand.Dmesg,
      org.ballastvm.vmm.attach.LookCommand.Stacks,
      org.ballastvm.vmm.attach.MonitorCommand,
      org.ballastvm.vmm.attach.PsCommand,
      org.ballastvm.vmm.cli.CompletionCommand;
}
