import Atomistics
import Diagnostics

/// Å; what is left of a zero in the cell of a rotated structure.
private let roundOff = 1e-6

/// What the stages ask that only the structure can refuse. Root only.
extension SimulationInput {
  /// Throws if a wall stands across a periodic direction, where atoms would come around to its other side.
  func checkWalls(in cell: Cell) throws {
    for wall in dynamicsStages.flatMap(\.walls) {
      let axis = wall.axis.index
      for direction in 0..<3 where cell.periodic[direction] && abs(cell.vectors[direction][axis]) > roundOff {
        let name = ["a", "b", "c"][direction]
        throw Failure.input(
          "the wall stands across the periodic direction \(name)", at: wall.place,
          remedy: "make \(name) non-periodic (system.periodic), or give the wall another axis")
      }
    }
  }

  /// Throws if an atom would be held by two thermostats, or driven in two ways.
  /// - Parameters:
  ///   - memberships: the groups of each atom.
  ///   - frame: the atoms in the same order.
  func checkOverlaps(_ memberships: [UInt32], in frame: Configuration) throws {
    func requireDisjoint(_ names: [Located<String>], _ what: String) throws {
      let bits = try names.map(groupBit)
      for second in names.indices {
        for first in 0..<second where bits[first] != bits[second] {
          let both = bits[first] | bits[second]
          guard let atom = memberships.firstIndex(where: { $0 & both == both }) else { continue }
          throw Failure.input(
            "atom \(frame.ids?[atom] ?? Int64(atom + 1)) is in the groups \(quoted(names[first].value)) and "
              + "\(quoted(names[second].value)), which are both \(what)",
            at: names[second].place, remedy: "make them disjoint, for example by not = [\(quoted(names[first].value))]")
        }
      }
    }
    for stage in dynamicsStages {
      try requireDisjoint(stage.thermostats.compactMap(\.group), "held by thermostats of their own")
      try requireDisjoint(stage.frozen + stage.moves.map(\.group), "frozen or moved")
    }
  }

  private var dynamicsStages: [DynamicsInput] {
    givenStages.compactMap { if case .dynamics(let stage) = $0.kind { stage } else { nil } }
  }
}
