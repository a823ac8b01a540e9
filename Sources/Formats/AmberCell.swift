import Atomistics
import Glibc
import Numerics

/// A cell as the AMBER convention knows it: lengths and angles, from which readers rebuild a along x and b in the xy
/// plane.
///
/// A cell in another orientation is rotated into that one, together with everything that has a direction.
struct AmberCell: Equatable {
  /// Å; 0 in non-periodic directions, as the convention has it.
  var lengths: Vector3
  /// alpha, beta, gamma in degrees.
  var angles: Vector3
  /// Rotated row vector = row vector * rotation; orthogonal, the identity where nothing is to be rotated.
  var rotation: Matrix3

  init(_ cell: Cell) {
    let full = cell.completed
    let (a, b, c) = full.rows
    angles = Vector3(Self.angle(b, c), Self.angle(a, c), Self.angle(a, b))
    lengths = Vector3(
      cell.periodic.a ? a.length : 0, cell.periodic.b ? b.length : 0, cell.periodic.c ? c.length : 0)
    rotation = cell.periodic == .none ? .identity : Self.rotation(full)
  }

  /// The matrix whose columns are the unit vectors along a, in the plane of a and b, and normal to it.
  private static func rotation(_ cell: Matrix3) -> Matrix3 {
    let (a, b, _) = cell.rows
    if a.y == 0, a.z == 0, b.z == 0, a.x > 0, b.y > 0 { return .identity }
    let normal = a.cross(b)
    let x = a / a.length
    let z = normal / normal.length
    return Matrix3(rows: x, z.cross(x), z).transpose
  }

  private static func angle(_ u: Vector3, _ v: Vector3) -> Double {
    let dot = u.dot(v)
    // Right angles stay exact: some readers compare with 90.
    return dot == 0 ? 90 : acos(dot / (u.length * v.length)) * 180 / .pi
  }

  /// The cell that readers of AMBER's convention rebuild. Lengths of 0 give zero rows in non-periodic directions.
  ///
  /// Returns nil where no cell has these angles or a number is not finite or negative.
  static func cell(lengths: Vector3, angles: Vector3) -> Cell? {
    guard (0..<3).allSatisfy({ lengths[$0].isFinite && lengths[$0] >= 0 && angles[$0] > 0 && angles[$0] < 180 })
    else { return nil }
    let cosine = Vector3(cosine(angles.x), cosine(angles.y), cosine(angles.z))
    let sineGamma = (1 - cosine.z * cosine.z).squareRoot()
    let cy = (cosine.x - cosine.y * cosine.z) / sineGamma
    let czSquared = 1 - cosine.y * cosine.y - cy * cy
    guard czSquared > 0 else { return nil }
    let vectors = Matrix3(
      rows: Vector3(lengths.x, 0, 0), lengths.y * Vector3(cosine.z, sineGamma, 0),
      lengths.z * Vector3(cosine.y, cy, czSquared.squareRoot()))
    // The convention has no other sign of a non-periodic direction than a missing length.
    return Cell(vectors: vectors, periodic: Periodicity(lengths.x > 1e-6, lengths.y > 1e-6, lengths.z > 1e-6))
  }

  private static func cosine(_ degrees: Double) -> Double {
    degrees == 90 ? 0 : cos(degrees * .pi / 180)
  }
}
