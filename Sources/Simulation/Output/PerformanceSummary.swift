import Diagnostics
import Dynamics
import Formats
import Foundation

/// Where the time and the memory of a run went: `performance.json`, and a few lines in the log.
struct PerformanceSummary: Encodable {
  var version = programVersion
  var ranks: Int
  var atoms: Int
  var steps: Int
  /// Wall time of the stages, without setting up.
  var seconds: Double
  var stepsPerSecond: Double
  var microsecondsPerAtomStep: Double
  /// Mean over ranks of the seconds in each phase.
  var secondsByPhase: [String: Double]
  /// Largest over mean kernel time of a rank.
  var kernelImbalance: Double
  var neighborListRebuilds: Int
  var neighborsPerAtom: Double
  var ghostsPerAtom: Double
  /// Sum over the ranks of the peak resident memory.
  var peakMemoryBytes: Int
  var peakMemoryBytesPerAtom: Double

  /// Collective.
  init(system: SystemState, timer: PhaseTimer, steps: Int, seconds: Double) {
    let communicator = system.domain.communicator, statistics = system.domain.statistics
    let phases = PhaseTimer.Phase.allCases
    let perRank = communicator.allGather(phases.map { timer.seconds(in: $0) })
    let count = Double(communicator.size)
    secondsByPhase = Dictionary(
      uniqueKeysWithValues: phases.map { phase in
        ("\(phase)", perRank.reduce(0) { $0 + $1[phase.rawValue] } / count)
      })
    let kernel = perRank.map { $0[PhaseTimer.Phase.kernel.rawValue] }
    kernelImbalance = (kernel.max() ?? 0) / Swift.max(kernel.reduce(0, +) / count, .leastNormalMagnitude)
    (ranks, atoms, self.steps, self.seconds) = (communicator.size, system.atomCount, steps, seconds)
    stepsPerSecond = steps > 0 ? Double(steps) / seconds : 0
    microsecondsPerAtomStep = steps > 0 ? 1e6 * seconds / (Double(steps) * Double(system.atomCount)) : 0
    neighborListRebuilds = statistics.rebuildCount
    neighborsPerAtom = Double(communicator.sum(statistics.neighborCount)) / Double(system.atomCount)
    ghostsPerAtom = Double(communicator.sum(statistics.ghostCount)) / Double(system.atomCount)
    peakMemoryBytes = communicator.sum(peakResidentBytes())
    peakMemoryBytesPerAtom = Double(peakMemoryBytes) / Double(system.atomCount)
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let data = try encoder.encode(self)
    try AtomicFile.replace(path) { try $0.write([UInt8](data) + [0x0A]) }
  }

  var text: String {
    let total = Swift.max(secondsByPhase.values.reduce(0, +), .leastNormalMagnitude)
    let shares = PhaseTimer.Phase.allCases.map { phase in
      "\(phase) \(decimal(100 * (secondsByPhase["\(phase)"] ?? 0) / total, 1)) %"
    }
    return """
      \(steps) steps of \(atoms) atoms in \(HumanDuration.text(seconds)) on \(ranks) rank\(ranks == 1 ? "" : "s"): \
      \(decimal(stepsPerSecond, 2)) steps/s, \(decimal(microsecondsPerAtomStep, 3)) µs per atom-step
      time: \(shares.joined(separator: ", ")); slowest rank's kernel \(decimal(kernelImbalance, 2)) of the mean
      \(neighborListRebuilds) neighbor lists, \(decimal(neighborsPerAtom, 1)) neighbors and \(decimal(ghostsPerAtom, 2)) \
      ghosts an atom; peak memory \(decimal(Double(peakMemoryBytes) / 1e6, 1)) MB, \
      \(decimal(peakMemoryBytesPerAtom / 1000, 2)) kB an atom
      """
  }
}
