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
  private var pace: PaceMeter
  /// Root only.
  private let thermo: AppendFile?
  private let trajectories: [TrajectoryOutput]
  private let checkpoints: CheckpointStore?

  /// Creates the files, or goes on where `checkpoint` says. Collective.
  init(_ input: OutputInput, directory: RunDirectory, system: SystemState, log: RunLog, restart: [String: Int]?) throws {
    self.system = system
    self.input = input
    self.directory = directory
    self.log = log
    communicator = system.domain.communicator
    pace = PaceMeter(atomsPerRank: Double(system.atomCount) / Double(communicator.size))
    thermo = try communicator.onRoot {
      if let length = restart?["thermo.csv"] { return try AppendFile(continuing: directory.thermo, at: length) }
      let file = try AppendFile(creating: directory.thermo, overwriting: true)
      try file.append(line: ThermoSample.csvHeader)
      try file.flush()
      return file
    }
    checkpoints = try communicator.onRoot { try CheckpointStore(directory: directory.path, keep: input.checkpoint.keep) }
    trajectories = try input.trajectories.map {
      try TrajectoryOutput($0, directory: directory.path, system: system, continuingAt: restart?[$0.file.value])
    }
  }

  /// Whether `step` is one at which the log gets a line.
  func isLogStep(_ step: Int) -> Bool { step % input.log.every == 0 }

  /// Writes a row of the log. Collective.
  func logRow(_ sample: ThermoSample, stepsLeft: Int) throws {
    let reading = pace.reading(step: sample.step, stepsLeft: stepsLeft)
    log.write(LogTable.line(sample, reading))
    try communicator.onRoot {
      try thermo?.append(line: sample.csvRow)
      try thermo?.flush()
    }
  }

  func startPace(step: Int) { pace.start(step: step) }

  /// The terminal's live line.
  func showProgress(stage: String, step: Int, stepsLeft: Int) {
    log.progress(
      {
        let reading = pace.peek(step: step, stepsLeft: stepsLeft)
        return "\(stage): step \(step), \(decimal(reading?.stepsPerSecond ?? 0, 1)) steps/s, "
          + "\(reading?.secondsLeft.map(duration) ?? "-") left"
      }())
  }

  /// Writes what is due at this step. Collective.
  func writeTrajectories() throws {
    for output in trajectories where system.step % output.input.every == 0 {
      try output.write(communicator: communicator)
    }
  }

  func isCheckpointStep(_ step: Int) -> Bool { step % input.checkpoint.every == 0 }

  /// Writes a checkpoint once all other files are on the disk. Collective.
  func writeCheckpoint(_ checkpoint: RunCheckpoint?) throws {
    try communicator.onRoot {
      guard var checkpoint, let checkpoints, let thermo else { return }
      try thermo.synchronize()
      checkpoint.outputs = [("thermo.csv", thermo.offset)]
        + (try trajectories.map { ($0.input.file.value, try $0.synchronizedLength()) })
      try checkpoints.write(checkpoint.encoded(), step: checkpoint.step)
    }
  }

  /// The last configuration, with velocities and forces, as extended XYZ. Collective.
  func writeFinalConfiguration() throws {
    let frame = FrameGatherer(system: system).configuration(
      .init(velocities: true, forces: true, energies: true, wrapped: true))
    try communicator.onRoot {
      guard let frame else { return }
      try writeStructures([frame], to: directory.final, options: WriteOptions(format: .extendedXYZ))
    }
  }
}
