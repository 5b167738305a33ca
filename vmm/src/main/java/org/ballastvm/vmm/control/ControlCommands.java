package org.ballastvm.vmm.control;

import java.util.List;

/** All commands that are about the machine. Schema, help, completion and the reference page derive from this list. */
public final class ControlCommands {
  /** By name. */
  public static final List<QmpCommand<?, ?>> ALL = List.of(new AddFd(), new AnnounceSelf(), new Balloon(),
      new BlockResize(),
      new BlockdevAdd(),
      new BlockdevDel(), new FreePageHint(), new QueryFreePageHint(),
      new Closefd(), new Cont(), new DeviceAdd(), new DeviceDel(),
      new DeviceListProperties(), new DumpGuestMemory(), new Getfd(), new MemorySet(), new Memsave(), new NetdevAdd(),
      new NetdevDel(),
      new ObjectAdd(), new ObjectDel(), new Pmemsave(),
      new QomGet(), new QomList(), new QomListProperties(), new QomListTypes(), new QomSet(), new QueryAcpiOspmStatus(),
      new QueryBalloon(), new QueryBlock(), new QueryChardev(),
      new QueryCpusFast(), new QueryDump(), new QueryDumpCapability(), new QueryFdsets(), new QueryHotpluggableCpus(),
      new QueryIothreads(), new QueryKvm(),
      new QueryMachines(),
      new QueryMemdev(), new QueryMemoryDevices(), new QueryMemoryRequests(), new QueryMemorySizeSummary(),
      new QueryName(), new QueryPci(), new QueryRxFilter(),
      new QueryStatus(), new QueryTarget(), new QueryUuid(), new QueryVersion(), new QueryVmGenerationId(), new Quit(),
      new RemoveFd(), new SetLink(), new Stop(),
      new SystemPowerdown(), new SystemReset(), new SystemWakeup(), new TraceEventGetState(), new TraceEventSetState(),
      new QueryVirtio(),
      new QueryVirtioQueueStatus(),
      new QueryVirtioStatus(), new QueryDmesg(), new QueryStacks(), new QueryTasks(), new WatchdogSetAction(),
      new FaultClear(), new FaultInject(), new QueryFaults(), new RecordStart(), new RecordStop(), new QueryRecords(),
      new QueryReplays(), new QueryBalloonedPages(), new QueryKernel(), new QueryPageTable(), new QuerySymbols(),
      new QueryWatch(), new QueryWrittenPages(), new SaveSymbols(), new WatchAddress(), new WatchPages());

  private ControlCommands() {}
}
