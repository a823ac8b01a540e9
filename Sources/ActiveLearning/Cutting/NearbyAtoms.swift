import Atomistics
import Numerics

/// Atoms and periodic images around an atom, by place relative to it.
struct NearbyAtoms {
  struct Atom {
    /// Index into the configuration.
    var index: Int
    /// From the center, Å.
    var place: Vector3
    /// The largest component of |place|, Å: half the edge of the smallest cube that reaches it.
    var cubeDistance: Double { max(abs(place.x), abs(place.y), abs(place.z)) }
  }

  private let configuration: Configuration
  private let lattice: Matrix3
  private let fractional: [Vector3]

  init(_ configuration: Configuration) {
    self.configuration = configuration
    lattice = configuration.cell.completed
    let inverse = lattice.inverse
    fractional = configuration.positions.map { $0 * inverse }
  }

  /// All within `reach` (Å) of atom `center`: the center first, the others nearest first.
  func around(_ center: Int, within reach: Double) -> [Atom] {
    let bound = reach / configuration.cell.heights, origin = configuration.positions[center]
    var found: [Atom] = []
    for index in 0..<configuration.count {
      let apart = fractional[index] - fractional[center]
      let shifts = (0..<3).map { axis -> ClosedRange<Int> in
        guard configuration.cell.periodic[axis] else { return 0...0 }
        let first = Int((-apart[axis] - bound[axis]).rounded(.down)), last = Int((-apart[axis] + bound[axis]).rounded(.up))
        return first...last
      }
      for a in shifts[0] {
        for b in shifts[1] {
          for c in shifts[2] {
            let place = configuration.positions[index] - origin + Vector3(Double(a), Double(b), Double(c)) * lattice
            if place.length <= reach { found.append(Atom(index: index, place: place)) }
          }
        }
      }
    }
    return found.sorted { ($0.place.lengthSquared, $0.index) < ($1.place.lengthSquared, $1.index) }
  }
}
