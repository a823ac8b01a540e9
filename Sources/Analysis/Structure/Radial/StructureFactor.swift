// S_AB(q) = 1 + ρ ∫ 4π r² (g_AB(r) − 1) sin(qr)/(qr) W(r) dr   (Faber–Ziman),  S(q) = 1 + Σ_AB c_A c_B (S_AB(q) − 1)
//
// W(r) = sin(πr/R)/(πr/R) damps the ripples of a radius R that ends too early: E. Lorch, J. Phys. C 2, 229 (1969).
// T. E. Faber and J. M. Ziman, Phil. Mag. 11, 153 (1965).
import Numerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Structure factors from radial distribution functions.
public struct StructureFactor: Sendable {
  /// [q], 1/Å.
  public let q: [Double]
  /// Faber–Ziman partial factors [pairs][q].
  public let partial: [[Double]]
  /// Over all atoms with equal weights; nil unless there are all pairs of all species.
  public let total: [Double]?

  /// - Parameters:
  ///   - atomCount: of the whole frame.
  ///   - isComplete: `distributions` has each pair of species once.
  public init(_ distributions: [RadialDistribution], atomCount: Int, isComplete: Bool, largest: Double, count: Int) {
    let q = (0..<count).map { (Double($0) + 0.5) * largest / Double(count) }
    self.q = q
    partial = distributions.map { distribution in
      let density = Double(atomCount) / distribution.volume
      return q.map { 1 + density * Self.transform(distribution, at: $0) }
    }
    guard isComplete else {
      total = nil
      return
    }
    var sum = [Double](repeating: 1, count: count)
    for (distribution, partial) in zip(distributions, partial) {
      let weight = Double(distribution.centerCount) * Double(distribution.neighborCount) / Double(atomCount * atomCount)
      for i in 0..<count { sum[i] += (distribution.pair.isLike ? 1 : 2) * weight * (partial[i] - 1) }
    }
    total = sum
  }

  /// ∫ 4π r² (g − 1) sin(qr)/(qr) W dr by the midpoint rule, Å³.
  private static func transform(_ distribution: RadialDistribution, at q: Double) -> Double {
    let width = distribution.binWidth, radius = width * Double(distribution.r.count)
    var sum = 0.0
    for (r, g) in zip(distribution.r, distribution.g) {
      sum += r * r * (g - 1) * sinc(q * r) * sinc(.pi * r / radius)
    }
    return 4 * .pi * width * sum
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x) / x }
}
