import MomentTensorFiles

/// Which moments the neighbor sweeps compute, and where they stand.
///
/// On the unit sphere z² = 1 − x² − y², so the moments of x^a y^b z^c with c >= 2 are combinations of those with c in {0, 1}:
/// for a radial function whose highest degree is n only (n + 1)² monomials are summed over neighbors ("reduced moments")
/// instead of (n + 1)(n + 2)(n + 3)/6. Degree n begins at n²: first x^(n−k) y^k, k = 0...n, then z x^(n−1−k) y^k, k = 0..<n,
/// so that both runs are the parents x^(n−1−k) y^k of degree n − 1 times x and times z, and the loops are straight.
struct MomentLayout {
  /// The file's index of each radial function that is used, highest degree first.
  let functions: [Int]
  let degrees: [Int]
  /// First reduced moment of each function; each function's run is padded to a multiple of four.
  let offsets: [Int]
  /// Reduced moments, padding included.
  let count: Int

  init(_ file: MomentTensorFile) {
    var degreeOf = [Int: Int]()
    for moment in file.basicMoments {
      degreeOf[moment.mu] = max(degreeOf[moment.mu] ?? 0, moment.degree)
    }
    let sorted = degreeOf.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    functions = sorted.map(\.key)
    degrees = sorted.map(\.value)
    var offsets: [Int] = [], next = 0
    for degree in degrees {
      offsets.append(next)
      next += Self.paddedMonomials(degree)
    }
    self.offsets = offsets
    count = next
  }

  var highestDegree: Int { degrees.first ?? 0 }

  static func monomials(_ degree: Int) -> Int { (degree + 1) * (degree + 1) }
  static func paddedMonomials(_ degree: Int) -> Int { (monomials(degree) + 3) & ~3 }

  /// Place of x^a y^b z^c, c in {0, 1}, among the reduced monomials.
  static func place(_ a: Int, _ b: Int, _ c: Int) -> Int {
    let degree = a + b + c
    return degree * degree + (c == 0 ? 0 : degree + 1) + b
  }
}
