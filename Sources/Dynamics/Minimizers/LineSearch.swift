import Atomistics
import Numerics

/// Goes along the direction d until φ(α) = H(x + α d) is lower:
///
///     φ(α) <= φ(0) + 10⁻⁴ α φ'(0)                     (L. Armijo, Pacific J. Math. 16, 1 (1966))
///     φ(α) <= φ(0) + ε and φ'(α) <= 0.8 |φ'(0)|       (where energies differ by no more than their rounding ε)
///
/// The second condition lets forces decide near the minimum: W. W. Hager, H. Zhang, SIAM J. Optim. 16, 170 (2005),
/// doi:10.1137/030601880, eq. 4.1. A rejected α is followed by the minimum of the cubic through both ends.
extension LBFGSMinimizer {
  private static let sufficientDecrease = 1e-4
  private static let sufficientTurn = 0.8
  private static let trialLimit = 12

  /// - Parameter slope: φ'(0) < 0.
  /// - Returns: α of the step that was taken, nil where nothing was lower and everything is back where it was; and whether
  ///   any rank raised `flag`. Collective.
  func search(slope: Double, flag: Bool) throws -> (length: Double?, raised: Bool) {
    let cell = surface.domain.cell, start = surface.enthalpy, noise = surface.enthalpyNoise
    var raised = flag, place = 0.0
    var alpha = slope < 0 ? longestStep : 0
    for _ in 0..<Self.trialLimit where alpha > 0 {
      surface.move(along: direction, from: place, to: alpha, cell: cell)
      place = alpha
      raised = try surface.evaluate(flag: flag) || raised
      let rise = surface.enthalpy - start, slopeHere = slopeAlongDirection(at: alpha)
      let isLower = rise <= Self.sufficientDecrease * alpha * slope
      let isLevelAndTurned = rise <= noise && slopeHere <= -Self.sufficientTurn * slope
      if isLower || isLevelAndTurned { return (alpha, raised) }
      alpha *= Self.shrinkage(rise: abs(rise) <= noise ? nil : rise / alpha, slope, slopeHere)
    }
    if place > 0 {
      surface.move(along: direction, from: place, to: 0, cell: cell)
      raised = try surface.evaluate(flag: flag) || raised
    }
    return (nil, raised)
  }

  /// 1, or less where an atom or the cell would move too far. Collective.
  private var longestStep: Double {
    let reach = max(direction.longest, neighborDistance * direction.strain.length)
    let limit = surface.options.maximumDisplacement
    return reach > limit ? limit / reach : 1
  }

  /// φ'(α) of the present gradient. Collective.
  private func slopeAlongDirection(at alpha: Double) -> Double {
    guard direction.strain != .zero else { return surface.gradient.dot(direction) }
    // Σ g_i · (u_i M) = (Σ u_i ⊗ g_i) : M.
    let u = direction.pointer, g = surface.gradient.pointer
    var products = Matrix3.zero
    for i in 0..<surface.domain.atoms.ownedCount {
      products += .outer(Vector3(u[3 * i], u[3 * i + 1], u[3 * i + 2]), Vector3(g[3 * i], g[3 * i + 1], g[3 * i + 2]))
    }
    let total = Matrix3(elements: surface.communicator.sum(products.elements))
    return total.contracted((alpha * direction.strain).symmetricExponential)
      + surface.gradient.strain.contracted(direction.strain)
  }

  /// Where on 0...1 the cubic with these slopes and this mean slope (`rise`) between them has its minimum, within bounds;
  /// without a rise that can be trusted, where the slope would be zero.
  private static func shrinkage(rise: Double?, _ slope: Double, _ slopeHere: Double) -> Double {
    guard let rise else { return bounded(slope / (slope - slopeHere)) }
    let middle = slope + slopeHere - 3 * rise
    let root = (middle * middle - slope * slopeHere).squareRoot()
    return bounded(1 - (slopeHere + root - middle) / (slopeHere - slope + 2 * root))
  }

  /// A number of 0.1...0.5; 0.1 for NaN.
  private static func bounded(_ fraction: Double) -> Double { fraction > 0.1 ? min(fraction, 0.5) : 0.1 }
}
