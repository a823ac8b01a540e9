import Atomistics
import Diagnostics
import PotentialKit

/// The Lennard-Jones potential:
///
///     V(r) = 4 ε [(σ/r)¹² − (σ/r)⁶]
///     −(1/r) dV/dr = 24 ε (σ/r)⁶ [2 (σ/r)⁶ − 1]/r²
///
/// ε in eV, σ and r in Å. J. E. Lennard-Jones, Proc. Phys. Soc. 43, 461 (1931).
public struct LennardJones: PairFunction {
  public struct Parameters: Equatable, Sendable {
    /// Depth of the well, eV.
    public var epsilon: Double
    /// Where V crosses zero, Å.
    public var sigma: Double

    public init(epsilon: Double, sigma: Double) {
      self.epsilon = epsilon
      self.sigma = sigma
    }
  }

  let fourEpsilon, twentyFourEpsilon, sigmaSquared: Double

  init(_ parameters: Parameters) {
    fourEpsilon = 4 * parameters.epsilon
    twentyFourEpsilon = 24 * parameters.epsilon
    sigmaSquared = parameters.sigma * parameters.sigma
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let inverse = 1 / r2
    let s2 = sigmaSquared * inverse, s6 = s2 * s2 * s2
    return PairValue(
      energy: fourEpsilon * s6 * (s6 - 1),
      forceOverDistance: twentyFourEpsilon * s6 * inverse * SIMD4(repeating: -1).addingProduct(s6, SIMD4(repeating: 2)))
  }

  /// - Parameter pairs: parameters of each pair of elements, in either order.
  /// - Throws: `Failure.input` for a parameter or a radius that makes no sense, or a pair given twice.
  public static func makePotential(pairs: [PairEntry<Parameters>], options: PairOptions) throws -> any Potential {
    for pair in pairs {
      try pair.require(pair.parameters.epsilon >= 0, "epsilon", pair.parameters.epsilon, "not negative")
      try pair.require(pair.parameters.sigma > 0, "sigma", pair.parameters.sigma, "positive")
    }
    return try PairPotential.make(
      family: "Lennard-Jones", pairs: pairs, options: options, mix: lorentzBerthelot,
      function: { parameters, _, _ in LennardJones(parameters) })
  }

  /// ε = √(ε₁ ε₂), σ = (σ₁ + σ₂)/2.
  private static func lorentzBerthelot(_ first: Parameters, _ second: Parameters) -> Parameters {
    Parameters(
      epsilon: (first.epsilon * second.epsilon).squareRoot(), sigma: (first.sigma + second.sigma) / 2)
  }
}
