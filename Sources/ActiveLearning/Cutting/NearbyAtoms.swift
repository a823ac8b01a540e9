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
    // A part in 10⁹ wider, so that rounding loses no image; the distance decides.
    let bound = reach / configuration.cell.heights + Vector3(repeating: 1e-9), origin = configuration.positions[center]
    var open = Vector3.zero
    for axis in 0..<3 where !configuration.cell.periodic[axis] { open[axis] = 1 }
    var found: [Atom] = []
    for index in 0..<configuration.count {
      let apart = fractional[index] - fractional[center]
      // Cells by which the atom can be shifted into reach; none along open directions, and mostly none at all.
      let first = (-apart - bound).rounded(.up) * (1 - open), last = (-apart + bound).rounded(.down) * (1 - open)
      var shift = first
      while shift.z <= last.z, first.x <= last.x, first.y <= last.y {
        let place = configuration.positions[index] - origin + shift * lattice
        if place.length <= reach { found.append(Atom(index: index, place: place)) }
        shift.x += 1
        if shift.x > last.x { (shift.x, shift.y) = (first.x, shift.y + 1) }
        if shift.y > last.y { (shift.y, shift.z) = (first.y, shift.z + 1) }
      }
    }
    return found.sorted { ($0.place.lengthSquared, $0.index) < ($1.place.lengthSquared, $1.index) }
  }
}
