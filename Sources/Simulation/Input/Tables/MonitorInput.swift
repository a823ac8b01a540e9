import Atomistics
import Diagnostics
import Dynamics

/// `[monitor]`: what watches a run, warns, and stops it with exit status 3.
public struct MonitorInput: Sendable {
  public var extrapolation: [ExtrapolationMonitorInput] = []
  public var temperature: BoundMonitorInput<TemperatureMonitor>?
  public var pressure: BoundMonitorInput<PressureMonitor>?
  public var drift: BoundMonitorInput<DriftMonitor>?
  public var distance: BoundMonitorInput<DistanceMonitor>?
  public var force: BoundMonitorInput<ForceMonitor>?
  public var loneAtoms: BoundMonitorInput<LoneAtomsMonitor>?
  /// Steps between looks for numbers that are none; always on.
  public var finite = FiniteMonitorInput()

  /// What a stop leaves in the output directory.
  static let stopFiles = ["last-good.extxyz", "breaking.extxyz"]
}

/// `finite = { ... }`.
public struct FiniteMonitorInput: Equatable, Sendable {
  /// Steps.
  public var every = 10
}

extension MonitorInput: InputTable {
  static let schema = Schema<MonitorInput>(
    sentence: "What watches the run, warns in the log, and stops it with exit status 3.",
    fields: [
      Field(
        list: "extrapolation", \.extrapolation, .tables(of: .table),
        "The extrapolation grades of the atoms; several, [[monitor.extrapolation]], look at atoms of their own."),
      Field(optional: "temperature", \.temperature, .table, "The temperature, while atoms move."),
      Field(optional: "pressure", \.pressure, .table, "The pressure; the cell must be periodic in all directions."),
      Field(optional: "drift", \.drift, .table, "What the conserved energy has changed by since the stage's start."),
      Field(optional: "distance", \.distance, .table, "The shortest distance between two atoms."),
      Field(optional: "force", \.force, .table, "The largest force on an atom."),
      Field(optional: "lone_atoms", \.loneAtoms, .table, "How many atoms have left all others behind."),
      Field("finite", \.finite, .table, "Positions, velocities and forces that are not numbers; always watched."),
    ])
}

extension FiniteMonitorInput: InputTable {
  static let schema = Schema<FiniteMonitorInput>(
    sentence: "The run stops where a position, a velocity or a force is not a number.",
    fields: [Field("every", \.every, .integer.atLeast(1), "Steps between looks.")])
}

extension SimulationInput {
  /// Throws unless the files of monitors have names of their own and their groups are there.
  func checkMonitors() throws {
    for trajectory in output.trajectories where MonitorInput.stopFiles.contains(trajectory.file.value) {
      throw Failure.input(
        "\(trajectory.file.value) is a file of the monitors", at: trajectory.file.place, remedy: "choose another name")
    }
    var histories: Set<String> = []
    for monitor in monitor.extrapolation {
      if let group = monitor.group { _ = try groupBit(named: group) }
      guard histories.insert(monitor.historyFile).inserted else {
        throw Failure.input(
          "two monitors of extrapolation " + (monitor.name.map { "are named \(quoted($0.value))" } ?? "have no name"),
          at: monitor.name?.place ?? monitor.place, remedy: "give each its own name: it names their files")
      }
    }
    for compute in computes where histories.contains(compute.file) {
      throw Failure.input(
        "\(compute.file) is the file of a monitor of extrapolation", at: compute.name.place, remedy: "choose another name")
    }
    var taken = Set(output.trajectories.map(\.file.value) + MonitorInput.stopFiles + ["final.extxyz"])
    for monitor in monitor.extrapolation where !taken.insert(monitor.selectionFile).inserted {
      throw Failure.input(
        "'\(monitor.selectionFile)' is the name of another file of this run", at: monitor.output?.place ?? monitor.place,
        remedy: "choose another name")
    }
  }
}
