import Atomistics
import Diagnostics
import Numerics

/// A cell in LAMMPS's restricted form: a along x, b in the xy plane, all three right-handed, and an origin.
struct LAMMPSBox {
  /// Rows a, b, c, lower triangular, Å.
  private(set) var vectors: Matrix3
  private(set) var origin = Vector3.zero
  private(set) var periodic: Periodicity
  /// Rows: the directions that become x, y and z; nil if the cell already is restricted.
  private let axes: Matrix3?

  var isTriclinic: Bool { vectors[1, 0] != 0 || vectors[2, 0] != 0 || vectors[2, 1] != 0 }

  /// The box of a configuration. LAMMPS wants one in every direction, with all atoms inside where it is not periodic:
  /// there the box is widened, and made if there is none. Throws if the cell cannot be simulated (flat, left-handed).
  init(of configuration: Configuration, at place: Place) throws {
    let cell = configuration.cell
    try cell.validate(at: place)
    periodic = cell.periodic
    // Missing vectors along the Cartesian axes spare a rotation, where those fit.
    var aligned = cell.vectors
    for axis in 0..<3 where aligned[axis] == .zero { aligned[axis] = Matrix3.identity[axis] }
    let isRestricted = Self.isRestricted(aligned)
    vectors = isRestricted ? aligned : cell.completed
    axes = isRestricted ? nil : Self.axes(of: vectors)
    if axes != nil {
      let given = vectors
      vectors = Matrix3(rows: rotated(given[0]), rotated(given[1]), rotated(given[2]))
      // What is zero by construction must not be a rounding error.
      vectors[0] = Vector3(vectors[0].x, 0, 0)
      vectors[1] = Vector3(vectors[1].x, vectors[1].y, 0)
    }
    widen(around: configuration.positions, isMissing: (0..<3).map { cell.vectors[$0] == .zero })
  }

  /// A vector of the configuration (position, velocity, force) in the box's orientation.
  func rotated(_ v: Vector3) -> Vector3 {
    guard let axes else { return v }
    return Vector3(v.dot(axes[0]), v.dot(axes[1]), v.dot(axes[2]))
  }

  private static func isRestricted(_ cell: Matrix3) -> Bool {
    cell[0, 1] == 0 && cell[0, 2] == 0 && cell[1, 2] == 0 && cell[0, 0] > 0 && cell[1, 1] > 0 && cell[2, 2] > 0
  }

  private static func axes(of cell: Matrix3) -> Matrix3 {
    let normal = cell[0].cross(cell[1])
    let x = cell[0] / cell[0].length
    let z = normal / normal.length
    return Matrix3(rows: x, z.cross(x), z)
  }

  /// Non-periodic directions: from the lowest to the highest atom if those lie outside, with 1 Å of room.
  private mutating func widen(around positions: [Vector3], isMissing: [Bool]) {
    let inverse = vectors.inverse
    let fractions = positions.map { rotated($0) * inverse }
    var newVectors = vectors
    for axis in 0..<3 where !periodic[axis] {
      let along = fractions.map { $0[axis] }
      guard let lowest = along.min(), let highest = along.max() else { continue }
      guard isMissing[axis] || lowest < 0 || highest >= 1 else { continue }
      let room = 1 / vectors[axis].length
      let low = isMissing[axis] ? lowest - room : min(0, lowest - room)
      let high = isMissing[axis] ? highest + room : max(1, highest + room)
      origin += low * vectors[axis]
      newVectors[axis] = (high - low) * vectors[axis]
    }
    vectors = newVectors
  }
}
