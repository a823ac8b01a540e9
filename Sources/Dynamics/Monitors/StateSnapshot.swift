import Atomistics
import Communication
import Decomposition

/// A copy of one rank's atoms, and of what else the next step depends on: the state that a run goes back to when a later step
/// turns out bad. Taken again and again into the same memory.
public struct StateSnapshot {
  public private(set) var step = 0
  /// fs.
  public private(set) var time = 0.0
  public private(set) var cell: Cell
  public private(set) var referenceCell: Cell
  public private(set) var cuts: Cuts
  /// This rank's, in local order.
  private var records: [AtomRecord] = []
  /// This rank's, in local order; empty where there are none.
  private var grades: [Double] = []
  private var configurationGrade: Double?
  private var fields: [(name: String, width: Int, values: [Double])] = []

  /// Local, but for `domain`'s promise that all ranks are at the same step.
  public init(of system: SystemState) {
    cell = system.domain.cell
    referenceCell = system.domain.referenceCell
    cuts = system.domain.cuts
  }

  /// Local.
  /// - Parameter fields: per-atom state of the running process.
  public mutating func take(_ system: SystemState, fields process: [(name: String, field: AtomField)]) {
    let domain = system.domain, count = domain.atoms.ownedCount
    (step, time, cell, referenceCell, cuts) = (system.step, system.time, domain.cell, domain.referenceCell, domain.cuts)
    domain.copyRecords(into: &records)
    grades.removeAll(keepingCapacity: true)
    configurationGrade = system.forceField.configurationGrade
    if system.forceField.hasAtomGrades {
      grades.append(contentsOf: UnsafeBufferPointer(start: system.forceField.grades, count: count))
    }
    fields = process.map { name, field in
      (name, field.width, Array(UnsafeBufferPointer(start: field.pointer, count: count * field.width)))
    }
  }

  /// All atoms as they were, in order of ids.
  public struct Gathered {
    public var records: [AtomRecord] = []
    public var grades: [Double]?
    /// Where grades are not of atoms.
    public var configurationGrade: Double?
    /// [atoms][width]
    public var fields: [(name: String, values: [Double])] = []
  }

  /// On root; nil elsewhere. Collective: atoms may have changed their ranks since.
  public func gathered(_ communicator: Communicator) -> Gathered? {
    let records = communicator.gatherToRoot(records).flatMap { $0 }
    let grades = communicator.gatherToRoot(grades).flatMap { $0 }
    let fields = fields.map { ($0.name, $0.width, communicator.gatherToRoot($0.values).flatMap { $0 }) }
    guard communicator.isRoot else { return nil }
    let order = records.indices.sorted { records[$0].id < records[$1].id }
    return Gathered(
      records: order.map { records[$0] }, grades: grades.isEmpty ? nil : order.map { grades[$0] },
      configurationGrade: configurationGrade,
      fields: fields.map { name, width, values in
        (name, order.flatMap { values[($0 * width)..<(($0 + 1) * width)] })
      })
  }
}
