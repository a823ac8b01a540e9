import Atomistics
import Diagnostics
import Numerics

/// Finds the cell in which the stress vanishes, by the method of Broyden, Fletcher, Goldfarb and Shanno over the six
/// components of a symmetric deformation F of the given cell, with the atoms relaxed in every cell if they are to be.
///
///     ∂E/∂F = −F⁻¹ W (symmetric part)
///
/// J. Nocedal and S. J. Wright, Numerical Optimization (2006), ch. 6.
public struct CellRelaxation {
  /// The largest element of the stress that is left, eV/Å³.
  public var stressTolerance: Double
  public var relaxesAtoms: Bool
  public var maximumSteps = 100

  public init(stressTolerance: Double, relaxesAtoms: Bool) {
    (self.stressTolerance, self.relaxesAtoms) = (stressTolerance, relaxesAtoms)
  }

  // Between soft and hard crystals (eV/Å³), so that the first step is neither wild nor idle.
  private static let initialStiffness = [0.5, 0.5, 0.5, 0.2, 0.2, 0.2]
  /// No component of the strain changes by more in a step.
  private static let longestStep = 0.03

  /// A cell and all that is known of it.
  private struct Point {
    /// F − 1 in Voigt's order, shears twice.
    var strain: [Double]
    var configuration: Configuration
    var energy: Double
    /// ∂E/∂strain, eV.
    var slope: [Double]
    /// The largest |σ|, eV/Å³.
    var largestStress: Double
  }

  /// - Parameter progress: called after each cell with the number of them and the largest stress (eV/Å³).
  /// - Throws: `Failure.runtime` where no cell at rest is found, and what `model` throws.
  public func run(
    _ start: Configuration, _ model: some MechanicalModel, progress: (Int, Double) -> Void = { _, _ in }
  ) throws -> Configuration {
    let volume = start.cell.volume
    let inverse = DenseMatrix(diagonal: Self.initialStiffness.map { 1 / (volume * $0) })
    var (hessian, steps) = (inverse, 0)
    var best = try point([Double](repeating: 0, count: 6), from: start, Matrix3.identity, model)
    progress(steps, best.largestStress)
    var step = limited(hessian * best.slope.map { -$0 })
    while best.largestStress > stressTolerance {
      guard steps < maximumSteps else { throw notConverged(best, steps) }
      steps += 1
      let strain = zip(best.strain, step).map { $0 + $1 }
      let change = gradient(best.strain).inverse * gradient(strain)
      let trial = try point(strain, from: best.configuration, change, model)
      progress(steps, trial.largestStress)
      let isLower = trial.energy <= best.energy + 1e-11 * abs(best.energy)
      if isLower || trial.largestStress < 0.5 * best.largestStress {
        hessian = updated(hessian, step: step, slopeChange: zip(trial.slope, best.slope).map { $0 - $1 })
        best = trial
        step = limited(hessian * best.slope.map { -$0 })
      } else if (step.map { abs($0) }.max() ?? 0) > 1e-9 {
        // Too far: what has been learnt of the curvature led astray.
        step = step.map { 0.3 * $0 }
        hessian = inverse
      } else {
        throw notConverged(best, steps)
      }
    }
    return best.configuration
  }

  private func notConverged(_ best: Point, _ steps: Int) -> Failure {
    let pressure = best.largestStress * Units.gigapascalPerEVPerCubicAngstrom
    return .runtime(
      "the cell does not come to rest: a stress of \(pressure) GPa is left after \(steps) steps",
      remedy: "start from a structure nearer to equilibrium, or relax the atoms more tightly")
  }

  /// The deformation gradient 1 + strain.
  private func gradient(_ strain: [Double]) -> Matrix3 { .identity + Voigt.strain(strain) }

  private func point(
    _ strain: [Double], from configuration: Configuration, _ change: Matrix3, _ model: some MechanicalModel
  ) throws -> Point {
    var deformed = configuration.deformed(by: change)
    if relaxesAtoms { deformed = try model.relaxingAtoms(of: deformed) }
    let response = try model.evaluate(deformed)
    let slope = Voigt.stress(-1 * (gradient(strain).inverse * response.virial))
    let largest = Voigt.stress(response.virial).map { abs($0) }.max() ?? 0
    return Point(
      strain: strain, configuration: deformed, energy: response.energy, slope: slope,
      largestStress: largest / deformed.cell.volume)
  }

  private func limited(_ step: [Double]) -> [Double] {
    let largest = step.map { abs($0) }.max() ?? 0
    return largest > Self.longestStep ? step.map { $0 * Self.longestStep / largest } : step
  }

  /// H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ, ρ = 1/(y·s); unchanged where the curvature along s is not positive.
  private func updated(_ hessian: DenseMatrix, step s: [Double], slopeChange y: [Double]) -> DenseMatrix {
    let curvature = zip(s, y).reduce(0) { $0 + $1.0 * $1.1 }
    guard curvature > 0 else { return hessian }
    var left = DenseMatrix(diagonal: [Double](repeating: 1, count: 6)), addition = DenseMatrix(rows: 6, columns: 6)
    for i in 0..<6 {
      for j in 0..<6 {
        left[i, j] -= s[i] * y[j] / curvature
        addition[i, j] = s[i] * s[j] / curvature
      }
    }
    return left * hessian * left.transpose + addition
  }
}
