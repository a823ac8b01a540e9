import Atomistics
import Diagnostics
import PotentialKit

/// The Morse potential:
///
///     V(r) = D [x² − 2 x],  x = exp(−a (r − r₀))
///     −(1/r) dV/dr = 2 a D (x² − x)/r
///
/// D in eV, a in 1/Å, r₀ and r in Å. P. M. Morse, Phys. Rev. 34, 57 (1929).
public struct Morse: PairFunction {
  public struct Parameters: Equatable, Sendable {
    /// D, depth of the well, eV.
    public var depth: Double
    /// a, stiffness, 1/Å.
    public var stiffness: Double
    /// r₀, distance of the minimum, Å.
    public var distance: Double

    public init(depth: Double, stiffness: Double, distance: Double) {
      self.depth = depth
      self.stiffness = stiffness
      self.distance = distance
    }
  }

  let depth, stiffness, distance: Double

  init(_ parameters: Parameters) {
    (depth, stiffness, distance) = (parameters.depth, parameters.stiffness, parameters.distance)
  }

  @inline(__always)
  func evaluate(squaredDistance r2: SIMD4<Double>) -> PairValue {
    let r = r2.squareRoot()
    let x = exponential(stiffness * (distance - r))
    return PairValue(energy: depth * x * (x - 2), forceOverDistance: (2 * stiffness * depth) * x * (x - 1) / r)
  }

  /// - Parameter pairs: parameters of each pair of elements, in either order.
  /// - Throws: `Failure.input` for a parameter or a radius that makes no sense, or a pair given twice.
  public static func makePotential(pairs: [PairEntry<Parameters>], options: PairOptions) throws -> any Potential {
    for pair in pairs {
      try pair.require(pair.parameters.depth >= 0, "depth", pair.parameters.depth, "not negative")
      try pair.require(pair.parameters.stiffness > 0, "stiffness", pair.parameters.stiffness, "positive")
      try pair.require(pair.parameters.distance > 0, "distance", pair.parameters.distance, "positive")
    }
    return try PairPotential.make(
      family: "Morse", pairs: pairs, options: options, function: { parameters, _, _ in Morse(parameters) })
  }
}
