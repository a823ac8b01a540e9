import Numerics

/// What a constant symmetric strain rate does to vectors over a time t: x ← x A + y B with
///
///     A = e^{±v_g t},  B = ∫_0^t e^{±v_g s} ds = t e^{±v_g t/2} sinh(v_g t/2)/(v_g t/2)
///
/// M. E. Tuckerman et al., J. Phys. A 39, 5629 (2006), doi:10.1088/0305-4470/39/19/S18, in the eigenbasis of v_g.
struct AffineUpdate {
  /// A: dimensionless.
  var map: Matrix3
  /// B: fs.
  var integral: Matrix3

  /// - Parameters:
  ///   - rate: symmetric, 1/fs; the negative drag for velocities.
  ///   - duration: fs.
  init(rate: Matrix3, duration: Double) {
    let eigen = SymmetricEigen(rate)
    let half = eigen.function { exponentialOfHalf($0 * duration) }
    map = half * half
    integral = duration * eigen.function { exponentialOfHalf($0 * duration) * sinhOverX(0.5 * $0 * duration) }
  }
}

/// A matrix in lanes: row vectors times it, for per-atom loops.
struct LaneMatrix {
  let rows: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>)

  init(_ m: Matrix3) { rows = (SIMD4(m[0], 0), SIMD4(m[1], 0), SIMD4(m[2], 0)) }

  @inline(__always)
  func applied(to v: SIMD4<Double>) -> SIMD4<Double> { v.x * rows.0 + v.y * rows.1 + v.z * rows.2 }
}
