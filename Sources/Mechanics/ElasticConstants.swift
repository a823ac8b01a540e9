import Atomistics
import Numerics

/// A number with its standard error, in the same unit.
public struct Estimate: Equatable, Sendable {
  public var value: Double
  public var error: Double

  public init(_ value: Double, error: Double) { (self.value, self.error) = (value, error) }

  /// The mean of several, their errors taken for independent.
  init(mean estimates: [Estimate]) {
    let count = Double(estimates.count)
    value = estimates.reduce(0) { $0 + $1.value } / count
    error = estimates.reduce(0) { $0 + $1.error * $1.error }.squareRoot() / count
  }
}

/// The elastic constants of a crystal: second derivatives of the energy by the Lagrangian strain,
///
///     C_ij = (1/V) ∂²E/∂η_i ∂η_j = ∂S_i/∂η_j ,
///
/// with the second Piola–Kirchhoff stress S; i, j in Voigt's order (D. C. Wallace, Thermodynamics of Crystals (1972)).
public struct ElasticConstants: Equatable, Sendable {
  /// C, 6×6, symmetric, eV/Å³.
  public let stiffness: DenseMatrix
  /// Standard errors of its elements, from the scatter of the stresses around their fit, eV/Å³.
  public let errors: DenseMatrix
  /// The largest |C_ij − C_ji|/2 before the matrix was made symmetric, eV/Å³: zero for exact derivatives.
  public let asymmetry: Double
  /// Of the crystal that is strained, σ = −W/V, eV/Å³.
  public let referenceStress: Matrix3

  /// - Parameters:
  ///   - derivatives: ∂S_i/∂η_j, 6×6, eV/Å³, and their standard errors.
  ///   - referenceStress: σ at no strain, eV/Å³.
  public init(derivatives: DenseMatrix, errors: DenseMatrix, referenceStress: Matrix3) {
    stiffness = derivatives.symmetrized
    asymmetry = (derivatives - stiffness).elements.map { abs($0) }.max() ?? 0
    var symmetric = DenseMatrix(rows: 6, columns: 6)
    for i in 0..<6 {
      for j in 0..<6 {
        // The mean of two independent numbers; a diagonal element is one number alone.
        let (a, b) = (errors[i, j], errors[j, i])
        symmetric[i, j] = i == j ? a : 0.5 * (a * a + b * b).squareRoot()
      }
    }
    self.errors = symmetric
    self.referenceStress = referenceStress
  }

  /// C_ij with its error, eV/Å³; `i`, `j`: 0 to 5.
  public subscript(i: Int, j: Int) -> Estimate { Estimate(stiffness[i, j], error: errors[i, j]) }

  /// The coefficients B_ij of stress against strain from the stressed reference, 6×6, eV/Å³, made symmetric; equal to C
  /// without stress. They, not C, rule stability and moduli under stress:
  ///
  ///     B_ijkl = C_ijkl + (δ_ik σ_jl + δ_il σ_jk + δ_jk σ_il + δ_jl σ_ik − 2 δ_kl σ_ij)/2
  ///
  /// T. H. K. Barron and M. L. Klein, Proc. Phys. Soc. 85, 523 (1965), doi:10.1088/0370-1328/85/3/313.
  public var stressStrainCoefficients: DenseMatrix {
    let s = referenceStress
    var b = stiffness
    for (row, (i, j)) in Voigt.pairs.enumerated() {
      for (column, (k, l)) in Voigt.pairs.enumerated() {
        func delta(_ a: Int, _ b: Int) -> Double { a == b ? 1 : 0 }
        let shear = delta(i, k) * s[j, l] + delta(i, l) * s[j, k] + delta(j, k) * s[i, l] + delta(j, l) * s[i, k]
        b[row, column] += 0.5 * (shear - 2 * delta(k, l) * s[i, j])
      }
    }
    return b.symmetrized
  }

  /// Ascending, eV/Å³. All positive: the crystal is stable against any homogeneous strain (M. Born and K. Huang, Dynamical
  /// Theory of Crystal Lattices (1954); F. Mouhat and F.-X. Coudert, Phys. Rev. B 90, 224104 (2014),
  /// doi:10.1103/PhysRevB.90.224104).
  public var stabilityEigenvalues: [Double] { stressStrainCoefficients.symmetricEigenvalues }

  public var isStable: Bool { stabilityEigenvalues[0] > 0 }
}
