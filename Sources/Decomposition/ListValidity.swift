import Numerics

/// How long a neighbor list holds while atoms move and the cell changes its shape.
///
///     M = h_ref⁻¹ h,   d_i = r_i − r_ref,i M,   the list holds while   2 max|d| <= σ_min(M) (cutoff + skin) − cutoff
///
/// h: the cell's vectors as rows, now and (ref) when the list was built; σ_min: the smallest singular value. A pair that
/// was not listed was farther apart than cutoff + skin, its images included; the cell's change alone leaves at least
/// σ_min times that, and the two atoms take off their displacements. With a constant cell: half the skin for each.
struct ListValidity {
  /// M; nil where the cell is as it was.
  private let deformation: Matrix3?
  /// Å²; the largest d² that the list bears, negative where it bears none.
  let limitSquared: Double

  /// For a list built in the lattice `reference`, while the cell is `current`.
  init(from reference: Lattice, to current: Lattice, cutoff: Double, skin: Double) {
    guard reference.vectors != current.vectors else {
      deformation = nil
      limitSquared = 0.25 * skin * skin
      return
    }
    let matrix = reference.inverse * current.vectors
    deformation = matrix
    let limit = 0.5 * (matrix.smallestSingularValue * (cutoff + skin) - cutoff)
    // False for NaN: a cell that is no longer one is for the rebuild to refuse.
    limitSquared = limit >= 0 && matrix.determinant > 0 ? limit * limit : -1
  }

  /// max d², Å². Infinite where a position is not a number, so that the rebuild finds it.
  func largestDisplacementSquared(
    _ position: UnsafePointer<SIMD4<Double>>, from reference: UnsafePointer<SIMD4<Double>>, count: Int
  ) -> Double {
    guard let deformation else { return largest(count) { position[$0] - reference[$0] } }
    let a = SIMD4(deformation[0], 0)
    let b = SIMD4(deformation[1], 0)
    let c = SIMD4(deformation[2], 0)
    return largest(count) {
      let r = reference[$0]
      return position[$0] - (r.x * a + r.y * b + r.z * c)
    }
  }

  @inline(__always)
  private func largest(_ count: Int, _ displacement: (Int) -> SIMD4<Double>) -> Double {
    var largest = SIMD4<Double>.zero
    var sum = SIMD4<Double>.zero
    for i in 0..<count {
      let d = displacement(i)
      let square = d * d
      // Maximum and sum side by side: a maximum may drop a NaN, a sum cannot.
      largest.replace(with: square, where: square .> largest)
      sum += square
    }
    guard sum.sum().isFinite else { return .infinity }
    // Each component's maximum bounds the length from above: most steps need no more.
    if largest.sum() <= limitSquared { return largest.sum() }
    var longest = 0.0
    for i in 0..<count {
      let d = displacement(i)
      longest = max(longest, (d * d).sum())
    }
    return longest
  }
}
