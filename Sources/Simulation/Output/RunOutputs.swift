import Communication
import Diagnostics
import Dynamics
import Formats

/// The files of a run that grow with it, and the checkpoints that say how far they had grown.
final class RunOutputs {
  private let system: SystemState
  private let communicator: Communicator
  private let input: OutputInput
  private let directory: RunDirectory
  private let log: RunLog
  private var rate = MovingRate()
  private var untrustedAtoms = 0
  /// Root only.
  private let thermo: AppendFile?
  private let trajectories: [TrajectoryOutput]
  private let computes: [ComputeOutput]
  let analyses: RunAnalyses
  let monitors: RunMonitors
  private let checkpoints: CheckpointStore?

  /// Creates the files, or goes on where a checkpoint says. Collective.
  init(
    _ input: OutputInput, computes plans: [ComputePlan], analyses: RunAnalyses, monitors plan: MonitorPlan,
    directory: RunDirectory, system: SystemState, log: RunLog, restart: RestartFacts?
  ) throws {
    self.system = system
    self.input = input
    self.directory = directory
    self.log = log
    self.analyses = analyses
    communicator = system.domain.communicator
    thermo = try communicator.onRoot {
      if let length = restart?.outputs["thermo.csv"] { return try AppendFile(continuing: directory.thermo, at: length) }
      let file = try AppendFile(creating: directory.thermo, overwriting: true)
      try file.append(line: ThermoTable.csvHeader)
      try file.flush()
      return file
    }
    checkpoints = try communicator.onRoot { try CheckpointStore(directory: directory.path, keep: input.checkpoint.keep) }
    trajectories = try input.trajectories.map {
      try TrajectoryOutput($0, directory: directory.path, system: system, continuingAt: restart?.outputs[$0.file.value])
    }
    computes = try plans.map {
      try ComputeOutput(
        $0, directory: directory.path, system: system, continuingAt: restart?.outputs[$0.input.file],
        state: restart?.computes[$0.input.name.value] ?? [])
    }
    monitors = try RunMonitors(plan, directory: directory.path, system: system, log: log, restart: restart)
  }

  /// Whether `step` is one at which the log gets a line.
  func isLogStep(_ step: Int) -> Bool { step % input.log.every == 0 }

  /// Whether an output of `step` holds energies.
  func needsEnergies(at step: Int) -> Bool {
    isLogStep(step) || input.trajectories.contains { $0.format != .netCDF && step % $0.every == 0 }
      || computes.contains { $0.plan.needsEnergies && $0.plan.isDue(at: step) } || monitors.needsEnergies(at: step)
  }

  /// Whether an output of `step` holds grades, or a monitor wants to see them.
  func needsGrades(at step: Int) -> Bool {
    input.trajectories.contains { $0.grades && step % $0.every == 0 } || monitors.needsGrades(at: step)
  }

  /// Whether an output of `step` holds per-atom virials.
  func needsVirials(at step: Int) -> Bool {
    computes.contains { $0.plan.needsVirials && $0.plan.isDue(at: step) }
  }

  /// Writes a row of the log. Collective.
  func logRow(_ sample: ThermoSample, stepsLeft: Int?) throws {
    log.write(ThermoTable.line(sample, rate: presentRate(step: sample.step, stepsLeft: stepsLeft)))
    try communicator.onRoot {
      try thermo?.append(line: ThermoTable.csvRow(sample))
      try thermo?.flush()
    }
    warnOfUntrustedAtoms()
  }

  /// Says how many atoms lie outside what a potential was made for, whenever that number changes. Collective.
  private func warnOfUntrustedAtoms() {
    let count = communicator.sum(system.forceField.outOfRangeCount)
    guard count != untrustedAtoms else { return }
    untrustedAtoms = count
    if count > 0 {
      log.write(
        "warning: \(count) atoms lie outside what a potential was made for (a neighbor closer than its shortest distance, or "
          + "a density beyond its table): do not trust their forces")
    }
  }

  /// What came before (setting up, another stage) does not count to the speed.
  func startMeasuringRate() {
    rate = MovingRate()
    rate.record(step: system.step, at: monotonicSeconds())
  }

  private func presentRate(step: Int, stepsLeft: Int?) -> RunRate? {
    rate.record(step: step, at: monotonicSeconds())
    return rate.stepsPerSecond.map {
      RunRate(stepsPerSecond: $0, atoms: system.atomCount, ranks: communicator.size, stepsLeft: stepsLeft)
    }
  }

  /// The terminal's live line.
  func showProgress(stage: String, _ process: any StageProcess) {
    log.progress { width in
      let rate = presentRate(step: system.step, stepsLeft: process.stepsLeft)
      return ProgressLine.text(
        stage: stage, step: process.stepsDone, of: process.stepLimit, progress: process.progress, rate: rate, width: width)
    }
  }

  /// Writes the frames and the rows that are due at this step, and takes frames for analyses. Collective.
  /// - Parameters:
  ///   - stage: index of the running one.
  ///   - atRest: velocities wait for dynamics while a minimizer moves the atoms.
  func writeSamples(stage: Int, atRest: Bool) throws {
    for output in trajectories where system.step % output.input.every == 0 {
      try output.write()
    }
    for output in computes where output.plan.isDue(at: system.step) { try output.write(atRest: atRest) }
    try analyses.sample(stage: stage)
  }

  func isCheckpointStep(_ step: Int) -> Bool { step % input.checkpoint.every == 0 }

  /// How far all files have come, but for the analyses. Root only.
  var ledger: OutputLedger {
    OutputLedger(
      outputs: [("thermo.csv", thermo?.offset ?? 0)] + trajectories.map { ($0.input.file.value, $0.length) }
        + computes.map { ($0.plan.input.file, $0.length) } + monitors.extrapolation.flatMap(\.lengths),
      computes: computes.map { ($0.plan.input.name.value, $0.state) },
      monitors: monitors.extrapolation.map { ($0.input.historyFile, $0.state) })
  }

  /// Writes a checkpoint once all other files are on the disk. Root only.
  func writeCheckpoint(_ checkpoint: RunCheckpoint, ledger: OutputLedger) throws {
    guard let checkpoints, let thermo else { return }
    try thermo.synchronize()
    for trajectory in trajectories { try trajectory.synchronize() }
    for compute in computes { try compute.synchronize() }
    for watch in monitors.extrapolation { try watch.synchronize() }
    var checkpoint = checkpoint
    (checkpoint.outputs, checkpoint.computes, checkpoint.monitors) = (ledger.outputs, ledger.computes, ledger.monitors)
    checkpoint.analyses = ledger.analyses
    try checkpoints.write(checkpoint.encoded(), step: checkpoint.step)
  }

  /// The last configuration, with velocities and forces, as extended XYZ. Collective.
  func writeFinalConfiguration() throws {
    // A signal may have stopped the run at a step of which nobody wanted energies.
    if !system.forceField.hasEnergies { try system.computeForces() }
    let frame = FrameGatherer(system: system).configuration(
      .init(velocities: true, forces: true, energies: true, wrapped: true))
    try communicator.onRoot {
      guard let frame else { return }
      try writeStructures([frame], to: directory.final, options: WriteOptions(format: .extendedXYZ))
    }
  }
}
