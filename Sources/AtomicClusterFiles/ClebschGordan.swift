/// ⟨j1 m1 j2 m2 | J M⟩ for whole j up to 20, real, Condon–Shortley phase.
///
/// Racah's formula (Phys. Rev. 62, 438 (1942)), its alternating sum in products of three binomial coefficients and therefore
/// exact in 128-bit integers:
///
///     ⟨…⟩ = √[(2J+1) (J±M)! (j1±m1)! (j2±m2)! / ((j1+j2+J+1)! a! b! c!)] Σ_k (−1)^k (a k) (b j1−m1−k) (c j2+m2−k)
///     a = j1+j2−J,  b = j1−j2+J,  c = −j1+j2+J
package enum ClebschGordan {
  package static let maximumJ = 20

  /// 0 outside the triangle or where m1 + m2 ≠ M.
  package static func coefficient(_ j1: Int, _ m1: Int, _ j2: Int, _ m2: Int, _ J: Int, _ M: Int) -> Double {
    let a = j1 + j2 - J, b = j1 - j2 + J, c = j2 - j1 + J
    guard m1 + m2 == M, a >= 0, b >= 0, c >= 0, abs(m1) <= j1, abs(m2) <= j2, abs(M) <= J else { return 0 }
    var sum: Int128 = 0
    for k in 0...a {
      let term = Int128(binomial(a, k)) * Int128(binomial(b, j1 - m1 - k)) * Int128(binomial(c, j2 + m2 - k))
      sum += k % 2 == 0 ? term : -term
    }
    guard sum != 0 else { return 0 }
    let square =
      Double(2 * J + 1) * (factorials[J + M] / factorials[a]) * (factorials[J - M] / factorials[b])
      * (factorials[j1 + m1] / factorials[c]) * (factorials[j1 - m1] / factorials[j1 + j2 + J + 1])
      * factorials[j2 + m2] * factorials[j2 - m2]
    return square.squareRoot() * Double(sum)
  }

  private static let factorials: [Double] = (1...3 * maximumJ + 1).reduce(into: [1.0]) { values, n in
    values.append(values[n - 1] * Double(n))
  }

  /// Pascal's triangle up to 2 · 20.
  private static let triangle: [[Int]] = (0..<2 * maximumJ).reduce(into: [[1]]) { rows, _ in
    let last: [Int] = rows[rows.count - 1]
    rows.append(zip(last + [0], [0] + last).map { $0 + $1 })
  }

  private static func binomial(_ n: Int, _ k: Int) -> Int { (0...n).contains(k) ? triangle[n][k] : 0 }
}

/// Coefficients for all m1, m2 of one (j1, j2, J).
struct ClebschGordanTable {
  private let j1, j2: Int
  private let values: [Double]

  init(_ j1: Int, _ j2: Int, _ J: Int) {
    (self.j1, self.j2) = (j1, j2)
    values = (-j1...j1).flatMap { m1 in
      (-j2...j2).map { m2 in ClebschGordan.coefficient(j1, m1, j2, m2, J, m1 + m2) }
    }
  }

  subscript(m1: Int, m2: Int) -> Double { values[(m1 + j1) * (2 * j2 + 1) + m2 + j2] }
}
