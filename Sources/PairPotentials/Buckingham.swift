import Atomistics
import Diagnostics
import PotentialKit

/// The Buckingham potential:
///
///     V(r) = A exp(−r/ρ) − C/r⁶
///     −(1/r) dV/dr = (A/ρ) exp(−r/ρ)/r − 6 C/r⁸
///
/// A in eV, ρ and r in Å, C in eV Å⁶. With C > 0 it falls to −∞ at short distance: add a ZBL where atoms may come
/// close. R. A. Buckingham, Proc. R. Soc. Lond. A 168, 264 (1938).
public struct Buckingham: PairFunction {
  public struct Parameters: Equatable, Sendable {
    /// A, eV.
    public var amplitude: Double
    /// ρ, Å.
    public var range: Double
    /// C, eV Å⁶.
    public var dispersion: Double

    public init(amplitude: Double, range: Double, dispersion: Double) {
      self.amplitude = amplitude
      self.range = range
      self.dispersion = dispersion
    }
  }

  let amplitude, inverseRange, dispersion: Double

  init(_ parameters: Parameters) {
    (amplitude, inverseRange, dispersion) = (parameters.amplitude, 1 / parameters.range, parameters.dispersion)
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let r = r2.squareRoot(), inverse = 1 / r2
    let repulsion = amplitude * exponential(-inverseRange * r)
    let attraction = dispersion * inverse * inverse * inverse
    return PairValue(
      energy: repulsion - attraction, forceOverDistance: inverseRange * repulsion / r - 6 * attraction * inverse)
  }

  /// - Parameter pairs: parameters of each pair of elements, in either order.
  /// - Throws: `Failure.input` for a parameter or a radius that makes no sense, or a pair given twice.
  public static func makePotential(pairs: [PairEntry<Parameters>], options: PairOptions) throws -> any Potential {
    for pair in pairs {
      try pair.require(pair.parameters.amplitude >= 0, "amplitude", pair.parameters.amplitude, "not negative")
      try pair.require(pair.parameters.range > 0, "range", pair.parameters.range, "positive")
      try pair.require(pair.parameters.dispersion >= 0, "dispersion", pair.parameters.dispersion, "not negative")
    }
    return try PairPotential.make(
      family: "Buckingham", pairs: pairs, options: options, function: { parameters, _, _ in Buckingham(parameters) })
  }
}
