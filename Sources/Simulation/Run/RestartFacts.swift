import Atomistics
import Communication
import Decomposition
import Numerics

/// What every rank must know of the checkpoint that a run goes on from; the atoms themselves stay on root.
struct RestartFacts {
  var step: Int
  /// fs.
  var time: Double
  var position: RunPosition
  var cuts: Cuts?
  /// The cell when the neighbor list was built.
  var referenceCell: Cell
  /// File name → length; root only.
  var outputs: [String: Int]
  /// Name of a compute → `ComputeOutput.state`; root only.
  var computes: [String: [Double]]
  /// Name of a monitor's history → `ExtrapolationWatch.state`; root only.
  var monitors: [String: [Double]]
  /// Root only.
  var analyses: [AnalysisRecord]
  /// `fingerprint` of the potentials at the checkpoint; root only.
  var potentials: String
  /// Root only.
  var warnings: [String]

  /// Root's checkpoint, or nil on every rank where there is none. Collective.
  static func share(_ loaded: LoadedCheckpoint?, communicator: Communicator) -> RestartFacts? {
    let mine = loaded.map { loaded -> [Double] in
      let c = loaded.checkpoint, cuts = c.cuts?.encoded ?? [], cell = c.referenceCell
      return [Double(c.step), c.time, Double(c.position.stage), Double(c.position.stepInStage), c.position.initialEnergy]
        + cell.vectors.elements + cell.periodic.flags.map { $0 ? 1 : 0 }
        + [Double(c.position.process.count)] + c.position.process + cuts
    }
    let numbers = communicator.broadcast(mine ?? [])
    guard numbers.count >= 18 else { return nil }
    let processCount = Int(numbers[17]), cuts = Array(numbers[(18 + processCount)...])
    return RestartFacts(
      step: Int(numbers[0]), time: numbers[1],
      position: RunPosition(
        stage: Int(numbers[2]), stepInStage: Int(numbers[3]), initialEnergy: numbers[4],
        process: Array(numbers[18..<(18 + processCount)])),
      cuts: cuts.isEmpty ? nil : try? Cuts(encoded: cuts),
      referenceCell: Cell(
        vectors: Matrix3(elements: Array(numbers[5..<14])),
        periodic: Periodicity(numbers[14] == 1, numbers[15] == 1, numbers[16] == 1)),
      outputs: Dictionary(loaded?.checkpoint.outputs.map { ($0.file, $0.length) } ?? [], uniquingKeysWith: { $1 }),
      computes: Dictionary(loaded?.checkpoint.computes.map { ($0.name, $0.state) } ?? [], uniquingKeysWith: { $1 }),
      monitors: Dictionary(loaded?.checkpoint.monitors.map { ($0.name, $0.state) } ?? [], uniquingKeysWith: { $1 }),
      analyses: loaded?.checkpoint.analyses ?? [],
      potentials: loaded?.checkpoint.potentials ?? "",
      warnings: loaded?.warnings ?? [])
  }
}
