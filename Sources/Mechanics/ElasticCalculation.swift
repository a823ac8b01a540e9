import Atomistics
import Diagnostics
import Numerics

/// Elastic constants by finite strains: each of the six Lagrangian strains at six amplitudes, and for each component of the
/// second Piola–Kirchhoff stress a cubic polynomial in the amplitude, whose slope is the constant.
///
///     F = √(1 + 2η),   r' = r F,   S = V'/V F⁻¹ σ F⁻¹ = −(1/V) F⁻¹ W F⁻¹
///
/// W: the virial of the strained crystal, V: the volume of the unstrained one (D. C. Wallace, Thermodynamics of Crystals
/// (1972)).
/// No symmetry of the crystal is assumed. Clamped-ion constants let the atoms follow the strain; relaxed-ion constants
/// let them find their places in every strained cell.
public struct ElasticCalculation {
  /// The largest Lagrangian strain of each component; a shear counts twice, as in Voigt's notation.
  public var amplitude: Double
  /// Whether relaxed-ion constants are wanted, too.
  public var relaxesAtoms: Bool

  /// What is done at the amplitudes, besides the reference: six points and zero leave three degrees of freedom to a cubic.
  private static let fractions = [-1, -2.0 / 3, -1.0 / 3, 1.0 / 3, 2.0 / 3, 1]

  /// - Throws: `Failure.input` for an amplitude at which strains mean nothing.
  public init(amplitude: Double = 0.005, relaxesAtoms: Bool = true) throws {
    guard amplitude >= 1e-5, amplitude <= 0.05 else {
      throw Failure.input("a strain of \(amplitude) is out of range", remedy: "use one from 1e-5 to 0.05, such as 0.005")
    }
    (self.amplitude, self.relaxesAtoms) = (amplitude, relaxesAtoms)
  }

  /// One strained crystal.
  public struct Sample: Equatable, Sendable {
    /// Of the strain, 0 to 5 in Voigt's order.
    public var component: Int
    public var strain: Double
    /// Second Piola–Kirchhoff, six components in Voigt's order, eV/Å³.
    public var clampedStress: [Double]
    public var relaxedStress: [Double]?
  }

  public struct Result: Equatable, Sendable {
    public var clamped: ElasticConstants
    public var relaxed: ElasticConstants?
    /// The unstrained crystal's, σ = −W/V in Voigt's order, eV/Å³.
    public var referenceStress: [Double]
    /// By component, then by strain.
    public var samples: [Sample]

    /// Relaxed where the atoms were.
    public var best: ElasticConstants { relaxed ?? clamped }
  }

  /// How many strained crystals there are.
  public var sampleCount: Int { 6 * Self.fractions.count }

  /// - Parameters:
  ///   - reference: the crystal at rest, its atoms relaxed if they are to be relaxed under strain.
  ///   - progress: called before each strained crystal with the number of those done.
  /// - Throws: what `model` throws.
  public func run(
    _ reference: Configuration, _ model: some MechanicalModel, progress: (Int) -> Void = { _ in }
  ) throws -> Result {
    let stress = (-1 / reference.cell.volume) * (try model.evaluate(reference).virial)
    var samples: [Sample] = []
    for component in 0..<6 {
      for fraction in Self.fractions {
        progress(samples.count)
        samples.append(try sample(reference, component, fraction * amplitude, model))
      }
    }
    let clamped = constants(samples.map { ($0.component, $0.strain, $0.clampedStress) }, stress)
    let relaxed = samples.compactMap { sample in sample.relaxedStress.map { (sample.component, sample.strain, $0) } }
    return Result(
      clamped: clamped, relaxed: relaxesAtoms ? constants(relaxed, stress) : nil, referenceStress: Voigt.stress(stress),
      samples: samples)
  }

  private func sample(
    _ reference: Configuration, _ component: Int, _ strain: Double, _ model: some MechanicalModel
  ) throws -> Sample {
    var components = [Double](repeating: 0, count: 6)
    components[component] = strain
    let gradient = deformationGradient(lagrangianStrain: Voigt.strain(components)), back = gradient.inverse
    let strained = reference.deformed(by: gradient), volume = reference.cell.volume
    func piolaKirchhoff(_ virial: Matrix3) -> [Double] { Voigt.stress((-1 / volume) * (back * virial * back)) }
    let clamped = piolaKirchhoff(try model.evaluate(strained).virial)
    guard relaxesAtoms else { return Sample(component: component, strain: strain, clampedStress: clamped) }
    let relaxed = try model.evaluate(model.relaxingAtoms(of: strained)).virial
    return Sample(component: component, strain: strain, clampedStress: clamped, relaxedStress: piolaKirchhoff(relaxed))
  }

  /// The slopes of the stresses, fitted with the unstrained crystal's among them.
  private func constants(
    _ samples: [(component: Int, strain: Double, stress: [Double])], _ referenceStress: Matrix3
  ) -> ElasticConstants {
    let atRest = Voigt.stress(referenceStress)
    var slopes = DenseMatrix(rows: 6, columns: 6), errors = slopes
    for j in 0..<6 {
      let mine = samples.filter { $0.component == j }
      let points = [(x: 0.0, stress: atRest)] + mine.map { (x: $0.strain / amplitude, stress: $0.stress) }
      let design = DenseMatrix(
        rows: points.count, columns: 4, elements: points.flatMap { [1, $0.x, $0.x * $0.x, $0.x * $0.x * $0.x] })
      for i in 0..<6 {
        guard let fit = LeastSquares(design: design, values: points.map { $0.stress[i] }) else {
          preconditionFailure("seven amplitudes always determine a cubic")
        }
        slopes[i, j] = fit.parameters[1] / amplitude
        errors[i, j] = fit.standardError(1) / amplitude
      }
    }
    return ElasticConstants(derivatives: slopes, errors: errors, referenceStress: referenceStress)
  }
}
