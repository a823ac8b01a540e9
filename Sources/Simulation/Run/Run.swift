import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Formats
import Numerics
import PotentialKit

/// A run from its input file to its last stage.
public final class Run {
  public struct Options: Sendable {
    /// Go on from the newest checkpoint in the output directory; from the start where there is none yet.
    public var restart = false
    /// Replace what an earlier run left in the output directory.
    public var overwrite = false
    /// Read and check everything, write nothing, run nothing.
    public var checkOnly = false

    public init(restart: Bool = false, overwrite: Bool = false, checkOnly: Bool = false) {
      (self.restart, self.overwrite, self.checkOnly) = (restart, overwrite, checkOnly)
    }
  }

  let input: SimulationInput
  let directory: RunDirectory
  let system: SystemState
  let communicator: Communicator
  let timer: PhaseTimer
  let restart: RestartFacts?
  let computes: [ComputePlan]
  let analyses: [AnalysisPlan]
  let monitors: MonitorPlan
  /// `fingerprint` of the potentials; root only.
  let potentials: String
  /// Whether the run goes on under other potentials than it was under at the checkpoint.
  let hasNewPotentials: Bool
  /// What a monitor that stops the run goes back to.
  var lastGood: RunSnapshot?
  var position: RunPosition
  /// On root, until the stage that the checkpoint stands in has taken them back: its per-atom state, in order of ids.
  var restoredFields: [String: [Double]] = [:]

  /// Reads the input and everything that it names and evaluates the forces once; writes nothing. Collective.
  /// - Throws: `Failure.input` with the place of what is wrong, on every rank the same.
  public init(inputPath: String, options: Options, communicator: Communicator = .world) throws {
    self.communicator = communicator
    input = try communicator.together { try SimulationInput.load(path: inputPath) }
    directory = RunDirectory(
      path: input.resolve(input.output.directory.value),
      named: input.output.trajectories.map(\.file.value) + input.computes.map(\.file)
        + input.monitor.extrapolation.flatMap { [$0.selectionFile, $0.historyFile] })
    timer = PhaseTimer(now: monotonicSeconds)
    let found = try communicator.onRoot { [input, directory] in
      if options.restart { return try Self.latestCheckpoint(directory, keep: input.output.checkpoint.keep) }
      if !options.checkOnly { try directory.checkFree(overwriting: options.overwrite, at: input.output.directory.place) }
      return nil
    }
    let checkpoint = found.flatMap { $0 }
    restart = RestartFacts.share(checkpoint, communicator: communicator)
    position = restart?.position ?? RunPosition()
    for field in checkpoint?.checkpoint.fields ?? [] { restoredFields[field.name] = field.values }

    let initial =
      restart == nil
      ? try InitialSystem(
        communicator: communicator, frame: { [input] in try input.preparedFrame() },
        groups: { [input] in try input.memberships(in: $0) })
      : InitialSystem(communicator: communicator, checkpoint: checkpoint?.checkpoint)
    let potentials = try communicator.together { [input] in try assemblePotentials(input, kinds: initial.kinds) }
    let fingerprint = communicator.isRoot ? fingerprint(potentials) : ""
    self.potentials = fingerprint
    hasNewPotentials = communicator.any(restart != nil && restart?.potentials != fingerprint && communicator.isRoot)
    system = try Self.makeSystem(initial, potentials, input.neighbors, restart: restart, communicator, timer)
    computes = try input.computePlans(for: system)
    analyses = try input.analysisPlans(for: system)
    monitors = try input.monitorPlan(for: system)
    if restart == nil { try checkDistances() }
    try system.computeForces()
    try checkStages()
  }

  /// Throws if a stage does not suit the system, before anything is written. Repetitions are seen once.
  private func checkStages() throws {
    var seen: Set<String> = []
    for index in input.stages.indices where seen.insert("\(input.stages[index].place)").inserted {
      try input.makeProcess(stage: index, system: system).end()
    }
  }

  private static func latestCheckpoint(_ directory: RunDirectory, keep: Int) throws -> LoadedCheckpoint? {
    guard directory.holdsRun, let latest = try CheckpointStore(directory: directory.path, keep: keep).latest() else {
      return nil
    }
    return LoadedCheckpoint(checkpoint: try RunCheckpoint(latest.checkpoint), warnings: latest.warnings)
  }

  private static func makeSystem(
    _ initial: InitialSystem, _ potentials: [any Potential], _ neighbors: NeighborsInput, restart: RestartFacts?,
    _ communicator: Communicator, _ timer: PhaseTimer
  ) throws -> SystemState {
    let domain = Domain(
      cell: initial.cell, kindCount: initial.kinds.count, cutoff: potentials.map(\.cutoff).max() ?? 0,
      skin: neighbors.skin ?? defaultSkin, communicator: communicator, timer: timer)
    if let imbalance = neighbors.imbalance { domain.imbalanceLimit = imbalance }
    try domain.load(
      initial.records, cuts: restart?.cuts, isRestart: restart != nil, referenceCell: restart?.referenceCell)
    let system = SystemState(
      domain: domain, forceField: ForceField(domain: domain, potentials: potentials, timer: timer),
      kinds: initial.kinds, atomCount: initial.atomCount, timer: timer)
    if let restart { (system.step, system.time) = (restart.step, restart.time) }
    return system
  }

  /// Å. At 600 K a lithium atom needs some 40 steps of 0.5 fs for half of it: rebuilds stay below a few per cent of a step,
  /// and so do the neighbors that are listed in vain.
  static let defaultSkin = 0.6

  /// Throws if two atoms are on one spot: no potential means that, and it is the commonest slip in a structure.
  private func checkDistances() throws {
    let atoms = system.domain.atoms, list = system.domain.neighbors
    try communicator.together {
      for i in 0..<list.centerCount {
        for k in list.offsets[i]..<list.offsets[i + 1] {
          let j = Int(list.neighbors[k]), d = atoms.position[j] - atoms.position[i]
          guard (d * d).sum() < Self.onOneSpot * Self.onOneSpot else { continue }
          let pair = [atoms.id[i], atoms.id[j]].sorted()
          throw Failure.input(
            "atoms \(pair[0]) and \(pair[1]) are on one spot: \(decimal((d * d).sum().squareRoot(), 4)) Å apart",
            at: Place(file: input.resolve(input.system.structure.value)),
            remedy: "remove one of them, or correct the cell or 'replicate'")
        }
      }
    }
  }

  /// Å.
  private static let onOneSpot = 0.05
}

/// A checkpoint as root read it.
struct LoadedCheckpoint {
  var checkpoint: RunCheckpoint
  /// Newer ones that were damaged.
  var warnings: [String]
}
