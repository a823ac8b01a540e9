// q_lm(i) = 1/N Σ_j Y_lm(r̂_ij) over the N nearest neighbors; q̄_lm(i) = mean of q_lm over i and those neighbors;
// q̄_l(i) = (4π/(2l+1) Σ_m |q̄_lm(i)|²)^½.
//
// P. J. Steinhardt, D. R. Nelson and M. Ronchetti, Phys. Rev. B 28, 784 (1983); W. Lechner and C. Dellago, J. Chem. Phys.
// 129, 114707 (2008). Real harmonics serve as well as complex ones: Σ_m |q_lm|² is the same.
import Numerics

enum BondOrder {
  /// q̄_l or q_l of each atom, from its nearest neighbors.
  ///
  /// - Parameters:
  ///   - neighborCount: how many of the nearest count, 12 for close-packed lattices.
  ///   - isAveraged: over the atom and its neighbors.
  static func parameters(
    _ nearest: NearestNeighbors, degree: Int, atomCount: Int, neighborCount: Int, isAveraged: Bool
  ) -> [Double] {
    let width = 2 * degree + 1
    var moments = [Double](repeating: 0, count: atomCount * width)
    let harmonics = RealHarmonics(degree: degree)
    var values = [Double](repeating: 0, count: width)
    for atom in 0..<atomCount {
      var found = 0
      for entry in nearest.range(atom).prefix(neighborCount) where nearest.neighbors[entry] >= 0 {
        let vector = nearest.vectors[entry]
        harmonics.fill(&values, at: Vector3(vector.x, vector.y, vector.z) / vector.w.squareRoot())
        for m in 0..<width { moments[atom * width + m] += values[m] }
        found += 1
      }
      for m in 0..<width where found > 0 { moments[atom * width + m] /= Double(found) }
    }
    return (0..<atomCount).map { atom in
      var sum = Array(moments[atom * width..<(atom + 1) * width]), count = 1.0
      if isAveraged {
        for entry in nearest.range(atom).prefix(neighborCount) where nearest.neighbors[entry] >= 0 {
          for m in 0..<width { sum[m] += moments[Int(nearest.neighbors[entry]) * width + m] }
          count += 1
        }
      }
      return (sum.reduce(0) { $0 + $1 * $1 } * 4 * .pi / Double(width)).squareRoot() / count
    }
  }
}

/// Real spherical harmonics of one degree; Σ_m Y_lm² = (2l + 1)/4π.
struct RealHarmonics {
  let degree: Int
  /// [m], with the root of 2 for m > 0.
  private let norms: [Double]

  init(degree: Int) {
    self.degree = degree
    norms = (0...degree).map { m in
      // (l − m)!/(l + m)!.
      let ratio = stride(from: degree - m + 1, through: degree + m, by: 1).reduce(1.0) { $0 / Double($1) }
      return (Double(2 * degree + 1) / (4 * .pi) * ratio * (m == 0 ? 1 : 2)).squareRoot()
    }
  }

  /// `values`: [2l + 1], m = −l ... l; `r`: a unit vector.
  ///
  /// Associated Legendre functions without their factor sin^m θ, which goes with (x + iy)^m: no poles.
  func fill(_ values: inout [Double], at r: Vector3) {
    // (x + iy)^m.
    var real = 1.0, imaginary = 0.0
    // P_mm/sin^m θ, from there upwards in l: (l − m) P_l = (2l − 1) z P_{l−1} − (l + m − 1) P_{l−2}.
    var diagonal = 1.0
    for m in 0...degree {
      var previous = 0.0, now = diagonal, l = m + 1
      while l <= degree {
        (previous, now) = (now, (Double(2 * l - 1) * r.z * now - Double(l + m - 1) * previous) / Double(l - m))
        l += 1
      }
      values[degree + m] = norms[m] * now * real
      if m > 0 { values[degree - m] = norms[m] * now * imaginary }
      (real, imaginary) = (real * r.x - imaginary * r.y, real * r.y + imaginary * r.x)
      diagonal *= Double(2 * m + 1)
    }
  }
}
