import Numerics

/// Moduli of a polycrystal whose grains have all orientations, eV/Å³: bounds of Voigt (equal strain) and Reuss (equal
/// stress) and Hill's mean of them, R. Hill, Proc. Phys. Soc. A 65, 349 (1952), doi:10.1088/0370-1298/65/5/307.
///
///     9 K_V = C11 + C22 + C33 + 2(C12 + C13 + C23)           1/K_R = S11 + S22 + S33 + 2(S12 + S13 + S23)
///    15 G_V = C11 + C22 + C33 − (C12 + C13 + C23) + 3(C44 + C55 + C66)
///    15/G_R = 4(S11 + S22 + S33) − 4(S12 + S13 + S23) + 3(S44 + S55 + S66)
///       E_H = 9KG/(3K + G)      ν_H = (3K − 2G)/(2(3K + G))      A = K_V/K_R + 5 G_V/G_R − 6
///
/// A: the universal anisotropy, 0 where the crystal is isotropic (S. I. Ranganathan and M. Ostoja-Starzewski, Phys. Rev.
/// Lett. 101, 055504 (2008), doi:10.1103/PhysRevLett.101.055504).
public struct ElasticModuli: Equatable, Sendable {
  public let bulkVoigt, bulkReuss, bulkHill: Estimate
  public let shearVoigt, shearReuss, shearHill: Estimate
  public let youngHill: Estimate
  public let poissonHill: Estimate
  public let universalAnisotropy: Estimate

  /// nil where the stiffness has no inverse. Errors are propagated to first order, the elements' taken for independent.
  ///
  /// - Parameters:
  ///   - stiffness: 6×6, symmetric.
  ///   - errors: of its elements, in the same unit.
  public init?(stiffness: DenseMatrix, errors: DenseMatrix) {
    guard let values = Self.values(stiffness) else { return nil }
    var variances = [Double](repeating: 0, count: values.count)
    let step = 1e-5 * (stiffness.elements.map { abs($0) }.max() ?? 0)
    for i in 0..<6 {
      for j in i..<6 {
        var nearby = stiffness
        nearby[i, j] += step
        if i != j { nearby[j, i] += step }
        guard let shifted = Self.values(nearby) else { return nil }
        for k in values.indices {
          let part = (shifted[k] - values[k]) / step * errors[i, j]
          variances[k] += part * part
        }
      }
    }
    let estimates = zip(values, variances).map { Estimate($0, error: $1.squareRoot()) }
    (bulkVoigt, bulkReuss, bulkHill) = (estimates[0], estimates[1], estimates[2])
    (shearVoigt, shearReuss, shearHill) = (estimates[3], estimates[4], estimates[5])
    (youngHill, poissonHill, universalAnisotropy) = (estimates[6], estimates[7], estimates[8])
  }

  /// In the order of the declarations above; nil without a compliance S.
  private static func values(_ c: DenseMatrix) -> [Double]? {
    guard let s = c.inverse else { return nil }
    func sum(_ m: DenseMatrix, _ pairs: [(Int, Int)]) -> Double { pairs.reduce(0) { $0 + m[$1.0, $1.1] } }
    let axes = [(0, 0), (1, 1), (2, 2)], mixed = [(0, 1), (0, 2), (1, 2)], shears = [(3, 3), (4, 4), (5, 5)]
    let bulkVoigt = (sum(c, axes) + 2 * sum(c, mixed)) / 9
    let bulkReuss = 1 / (sum(s, axes) + 2 * sum(s, mixed))
    let shearVoigt = (sum(c, axes) - sum(c, mixed) + 3 * sum(c, shears)) / 15
    let shearReuss = 15 / (4 * sum(s, axes) - 4 * sum(s, mixed) + 3 * sum(s, shears))
    let bulk = 0.5 * (bulkVoigt + bulkReuss), shear = 0.5 * (shearVoigt + shearReuss)
    return [
      bulkVoigt, bulkReuss, bulk, shearVoigt, shearReuss, shear, 9 * bulk * shear / (3 * bulk + shear),
      (3 * bulk - 2 * shear) / (2 * (3 * bulk + shear)), bulkVoigt / bulkReuss + 5 * shearVoigt / shearReuss - 6,
    ]
  }
}

extension ElasticConstants {
  /// Of the coefficients of stress against strain; nil where the crystal is not stable, for which the bounds mean nothing.
  public var moduli: ElasticModuli? {
    isStable ? ElasticModuli(stiffness: stressStrainCoefficients, errors: errors) : nil
  }
}
