import Atomistics
import Diagnostics
import Numerics

/// Which groups each atom of a structure is in: bit k stands for the k-th group.
///
/// Regions take positions as they are wrapped into the cell along its periodic directions.
/// - Parameter frame: its ids are 1 to N where it has none; the order of the result is that of its atoms.
/// - Throws: `Failure.input` at the criterion that leaves a group without atoms.
package func assignGroups(_ groups: [GroupInput], in frame: Configuration) throws -> [UInt32] {
  var memberships = [UInt32](repeating: 0, count: frame.count)
  let positions = groups.contains { $0.region != nil } ? frame.wrappedPositions : []
  for (index, group) in groups.enumerated() {
    var members = Array(0..<frame.count), met: [String] = []
    func keep(_ criterion: String, _ place: Place, _ belongs: (Int) -> Bool) throws {
      let left = members.filter(belongs)
      guard !left.isEmpty else { throw emptyGroup(group, at: place, criterion, of: members.count, met: met) }
      members = left
      met.append("'\(criterion)'")
    }
    if let species = group.species {
      let wanted = Set(species.value)
      try keep("species", species.place) { wanted.contains(frame.elements[$0]) }
    }
    if let ids = group.ids { try keep("ids", ids.place) { ids.value.contains(frame.ids?[$0] ?? Int64($0 + 1)) } }
    if let region = group.region { try keep("region", region.place) { region.value.contains(positions[$0]) } }
    if let excluded = group.excluded {
      let bits = excluded.value.reduce(UInt32(0)) { bits, name in
        groups.firstIndex { $0.name.value == name }.map { bits | 1 << UInt32($0) } ?? bits
      }
      try keep("not", excluded.place) { memberships[$0] & bits == 0 }
    }
    for atom in members { memberships[atom] |= 1 << UInt32(index) }
  }
  return memberships
}

extension SimulationInput {
  /// The groups of each atom, seen to be fit for the stages. Root only.
  func memberships(in frame: Configuration) throws -> [UInt32] {
    let memberships = try assignGroups(groups, in: frame)
    try checkWalls(in: frame.cell)
    try checkOverlaps(memberships, in: frame)
    return memberships
  }
}

private func emptyGroup(
  _ group: GroupInput, at place: Place, _ criterion: String, of count: Int, met: [String]
) -> Failure {
  let atoms = "the \(count) atom\(count == 1 ? "" : "s")" + (met.isEmpty ? "" : " left by \(met.joined(separator: " and "))")
  return Failure.input(
    "the group \(quoted(group.name.value)) is empty: '\(criterion)' leaves none of \(atoms)", at: place,
    remedy: "correct the criterion or the structure, or delete the group")
}

extension Configuration {
  /// Positions (Å) in the cell along its periodic directions; those that are there already stay the same bits.
  fileprivate var wrappedPositions: [Vector3] {
    let lattice = cell.completed, inverse = lattice.inverse
    return positions.map { position in
      let fractional = position * inverse
      var cells = fractional.rounded(.down)
      for axis in 0..<3 where !cell.periodic[axis] { cells[axis] = 0 }
      return cells == .zero ? position : position - cells * lattice
    }
  }
}
