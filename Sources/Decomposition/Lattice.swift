import Atomistics
import Numerics

/// The cell as the decomposition uses it: a full lattice, its inverse, and which directions wrap.
///
/// Everything fractional is derived from the cell here and nowhere else.
struct Lattice {
  /// Rows a, b, c; open directions without a vector have a unit vector orthogonal to the others. Å.
  let vectors: Matrix3
  /// Cartesian to fractional: f = x · inverse.
  let inverse: Matrix3
  /// Distances between the planes that bound the cell, Å.
  let heights: Vector3
  let periodic: Periodicity
  /// Coordinates beyond this are taken for an error, Å: a decimeter, or as many cells as images can be counted.
  let farthest: Double

  init(_ cell: Cell) {
    vectors = cell.completed
    inverse = vectors.inverse
    heights = cell.heights
    periodic = cell.periodic
    let heights = heights
    let periodic = periodic
    farthest = (0..<3).reduce(1e9) { periodic[$1] ? min($0, 5e8 * heights[$1]) : $0 }
  }

  /// Whether a position is not finite or farther off than `farthest`.
  @inline(__always)
  func isLost(_ position: SIMD4<Double>) -> Bool {
    // False for NaN, whichever way it is compared.
    !all((position .<= farthest) .& (position .>= -farthest))
  }

  @inline(__always)
  func fractional(_ position: SIMD4<Double>) -> Vector3 {
    Vector3(position.x, position.y, position.z) * inverse
  }

  /// The Cartesian vector of a shift by whole cells; the fourth lane is 0.
  func vector(of shift: SIMD3<Int>) -> SIMD4<Double> {
    SIMD4(Vector3(Double(shift.x), Double(shift.y), Double(shift.z)) * vectors, 0)
  }

  /// 1 along periodic directions, 0 along open ones.
  var periodicMask: Vector3 {
    Vector3(periodic.a ? 1 : 0, periodic.b ? 1 : 0, periodic.c ? 1 : 0)
  }
}

extension Lattice {
  /// A position moved back by whole `cells`, and its image count, so that position + image · cell stays.
  @inline(__always)
  func wrap(_ position: SIMD4<Double>, _ image: SIMD4<Int32>, by cells: Vector3) -> (SIMD4<Double>, SIMD4<Int32>) {
    let counts = SIMD4<Int32>(SIMD4(cells, 0), rounding: .towardZero)
    return (position - SIMD4(cells * vectors, 0), image &+ counts)
  }
}
