import Atomistics
import Communication
import Numerics

/// Which atoms a monitor judges: those of the selected groups and of the marked kinds.
public struct WatchedAtoms: Equatable, Sendable {
  public var groups: GroupSelection
  /// [kind]
  public var kinds: [Bool]

  public init(groups: GroupSelection = .all, kinds: [Bool]) { (self.groups, self.kinds) = (groups, kinds) }

  /// How many there are on all ranks. Collective.
  public func count(in system: SystemState) -> Int {
    let atoms = system.domain.atoms
    let own = (0..<atoms.ownedCount).count { groups.contains(atoms.groups[$0]) && kinds[Int(atoms.kind[$0])] }
    return system.domain.communicator.sum(own)
  }
}

/// What the extrapolation grades of the watched atoms say at one step, the same on every rank.
///
/// A grade γ ≤ 1 means that the atom's environment lies within those of the active set (E. V. Podryabinkin and A. V. Shapeev,
/// Comput. Mater. Sci. 140, 171 (2017), doi:10.1016/j.commatsci.2017.08.031).
public struct GradeSummary: Equatable, Sendable {
  public var atomCount = 0
  /// Infinite where a grade is not a number; 0 without atoms.
  public var maximum = 0.0
  /// The atom with the largest grade; of several the one with the lowest id.
  public var atom: Int64 = 0
  public var mean = 0.0
  public var countAboveSelect = 0
  public var countAboveBreak = 0

  /// Of one grade, that of the configuration as a whole: no atom has the largest.
  public init(ofConfiguration grade: Double, select: Double, breaking: Double) {
    atomCount = 1
    (maximum, mean) = (grade, grade)
    countAboveSelect = grade > select ? 1 : 0
    countAboveBreak = grade > breaking ? 1 : 0
  }

  public var fractionAboveSelect: Double { atomCount > 0 ? Double(countAboveSelect) / Double(atomCount) : 0 }

  /// Of the grades of the last evaluation, which must have given them. Collective: one exchange.
  public init(of system: SystemState, atoms watched: WatchedAtoms, select: Double, breaking: Double) {
    let parts = system.domain.communicator.allGather(
      Part(of: system, watched, select: select, breaking: breaking))
    var sum = 0.0
    for part in parts {
      atomCount += Int(part.count)
      countAboveSelect += Int(part.aboveSelect)
      countAboveBreak += Int(part.aboveBreak)
      sum += part.sum
      guard part.count > 0, part.maximum > maximum || atom == 0 || part.maximum == maximum && part.atom < atom else { continue }
      (maximum, atom) = (part.maximum, part.atom)
    }
    mean = atomCount > 0 ? sum / Double(atomCount) : 0
  }
}

extension WatchedAtoms {
  /// The ids of those whose grade is above `bound` or is not a number, the largest grade first. Collective.
  public func ids(gradedAbove bound: Double, in system: SystemState) -> [Int64] {
    let atoms = system.domain.atoms, grades = system.forceField.grades
    let own = (0..<atoms.ownedCount).filter { i in
      groups.contains(atoms.groups[i]) && kinds[Int(atoms.kind[i])] && !(grades[i] <= bound)
    }
    let found = system.domain.communicator.allGather(
      own.map { GradedAtom(id: atoms.id[$0], grade: grades[$0].isNaN ? .infinity : grades[$0]) })
    return found.flatMap { $0 }.sorted { ($0.grade, $1.id) > ($1.grade, $0.id) }.map(\.id)
  }
}

private struct GradedAtom: BitwiseCopyable {
  var id: Int64
  var grade: Double
}

/// One rank's share.
private struct Part: BitwiseCopyable {
  var count: Int64 = 0
  var aboveSelect: Int64 = 0
  var aboveBreak: Int64 = 0
  var atom = Int64.max
  var maximum = -1.0
  var sum = 0.0

  init(of system: SystemState, _ watched: WatchedAtoms, select: Double, breaking: Double) {
    let atoms = system.domain.atoms, grades = system.forceField.grades
    watched.kinds.withUnsafeBufferPointer { kinds in
      for i in 0..<atoms.ownedCount where watched.groups.contains(atoms.groups[i]) && kinds[Int(atoms.kind[i])] {
        let grade = grades[i].isNaN ? .infinity : grades[i]
        count += 1
        sum += grade
        if grade > select { aboveSelect += 1 }
        if grade > breaking { aboveBreak += 1 }
        if grade > maximum || grade == maximum && atoms.id[i] < atom { (maximum, atom) = (grade, atoms.id[i]) }
      }
    }
  }
}
