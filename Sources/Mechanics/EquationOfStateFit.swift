import Diagnostics
import Foundation
import Numerics

/// An equation of state fitted to energies at several volumes by least squares.
public struct EquationOfStateFit: Equatable, Sendable {
  public let form: EquationOfState
  public let parameters: EquationOfState.Parameters
  /// Standard errors of the parameters from the scatter of the energies around the curve, in the same units.
  public let errors: EquationOfState.Parameters
  /// Root mean square of the energies' distances from the curve, eV.
  public let residual: Double

  /// The fewest points that leave a degree of freedom for the errors.
  public static let minimumCount = 5

  /// A cubic polynomial in V^(−2/3), which the Birch–Murnaghan form is, gives the start; then Levenberg–Marquardt
  /// (D. W. Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963), doi:10.1137/0111030).
  ///
  /// - Parameters:
  ///   - volumes: Å³, at least `minimumCount`.
  ///   - energies: eV, one a volume.
  /// - Throws: `Failure.runtime` where the energies have no minimum between the volumes.
  public init(_ form: EquationOfState, volumes: [Double], energies: [Double]) throws {
    precondition(volumes.count == energies.count)
    guard volumes.count >= Self.minimumCount else {
      throw Failure.input(
        "an equation of state needs \(Self.minimumCount) volumes at least, not \(volumes.count)",
        remedy: "ask for more points")
    }
    // Around the mean: binding energies are far larger than what the volume changes.
    let mean = energies.reduce(0, +) / Double(energies.count), differences = energies.map { $0 - mean }
    guard let start = Self.polynomialStart(volumes, differences), let (low, high) = Self.bounds(volumes) else {
      throw Self.noMinimum
    }
    guard (low...high).contains(start.volume), start.bulkModulus > 0 else { throw Self.noMinimum }
    guard let fit = Self.refine(form, start, volumes, differences) else {
      throw Failure.runtime(
        "the \(form.rawValue) equation of state does not fit these energies",
        remedy: "narrow the range of volumes, or look at the energies: a phase transition within the range spoils the fit")
    }
    guard (low...high).contains(fit.parameters.volume) else { throw Self.noMinimum }
    self.form = form
    var parameters = fit.parameters
    parameters.energy += mean
    self.parameters = parameters
    errors = EquationOfState.Parameters(vector: (0..<4).map(fit.linear.standardError))
    residual = (fit.sumOfSquares / Double(volumes.count)).squareRoot()
  }

  /// eV at `volume` (Å³).
  public func energy(at volume: Double) -> Double { form.energy(at: volume, parameters) }

  /// eV/Å³ at `volume` (Å³).
  public func pressure(at volume: Double) -> Double { form.pressure(at: volume, parameters) }

  private static let noMinimum = Failure.runtime(
    "the energy has no minimum within the range of volumes",
    remedy: "shift or widen the range, or start from a structure nearer to equilibrium")

  private static func bounds(_ volumes: [Double]) -> (Double, Double)? {
    guard let low = volumes.min(), let high = volumes.max(), low > 0, high > low else { return nil }
    return (low, high)
  }

  /// The minimum of E = Σ c_n (x − 1)^n, n = 0 to 3, x = (V/V̄)^(−2/3), and its curvatures there.
  private static func polynomialStart(_ volumes: [Double], _ energies: [Double]) -> EquationOfState.Parameters? {
    let scale = volumes.reduce(0, +) / Double(volumes.count)
    let design = DenseMatrix(
      rows: volumes.count, columns: 4,
      elements: volumes.flatMap { volume -> [Double] in
        let x = pow(volume / scale, -2.0 / 3) - 1
        return [1, x, x * x, x * x * x]
      })
    guard let c = LeastSquares(design: design, values: energies)?.parameters else { return nil }
    // c1 + 2 c2 x + 3 c3 x² = 0, the root with positive curvature, written so that it stands for c3 → 0 as well.
    let discriminant = c[2] * c[2] - 3 * c[1] * c[3]
    guard discriminant > 0, c[2] + discriminant.squareRoot() > 0 else { return nil }
    let x = -c[1] / (c[2] + discriminant.squareRoot())
    guard x > -1 else { return nil }
    let volume = scale * pow(1 + x, -1.5)
    let (second, third) = (2 * c[2] + 6 * c[3] * x, 6 * c[3])
    // Derivatives of 1 + x = (V/V̄)^(−2/3) by V.
    let slope = -2.0 / 3 * (1 + x) / volume, bend = 10.0 / 9 * (1 + x) / (volume * volume)
    let secondByVolume = second * slope * slope
    let thirdByVolume = third * slope * slope * slope + 3 * second * slope * bend
    return EquationOfState.Parameters(
      energy: c[0] + x * (c[1] + x * (c[2] + x * c[3])), volume: volume, bulkModulus: volume * secondByVolume,
      pressureDerivative: -1 - volume * thirdByVolume / secondByVolume)
  }

  /// Steps from `start` until the sum of squares stands still; nil where it never does, or leads out of what has a meaning.
  private static func refine(
    _ form: EquationOfState, _ start: EquationOfState.Parameters, _ volumes: [Double], _ energies: [Double]
  ) -> (parameters: EquationOfState.Parameters, linear: LeastSquares, sumOfSquares: Double)? {
    var p = start, damping = 1e-3
    func distances(_ p: EquationOfState.Parameters) -> [Double] {
      zip(volumes, energies).map { $1 - form.energy(at: $0, p) }
    }
    func sumOfSquares(_ p: EquationOfState.Parameters) -> Double { distances(p).reduce(0) { $0 + $1 * $1 } }
    var best = sumOfSquares(p)
    for _ in 0..<200 {
      let jacobian = volumes.flatMap { form.gradient(at: $0, p) }
      guard let step = dampedStep(jacobian, distances(p), damping: damping) else { return nil }
      let trial = EquationOfState.Parameters(vector: zip(p.vector, step).map { $0 + $1 })
      let value = trial.volume > 0 && trial.bulkModulus > 0 ? sumOfSquares(trial) : .infinity
      let isSmall = zip(step, p.vector).dropFirst().allSatisfy { abs($0) < 1e-12 * abs($1) }
      if value <= best {
        (p, best, damping) = (trial, value, damping / 10)
      } else {
        damping *= 10
      }
      if isSmall || damping > 1e12 {
        let design = DenseMatrix(rows: volumes.count, columns: 4, elements: volumes.flatMap { form.gradient(at: $0, p) })
        return LeastSquares(design: design, values: distances(p)).map { (p, $0, best) }
      }
    }
    return nil
  }

  /// The least squares of J s = r with rows √λ |J_k| s_k = 0 below them, |J_k| the length of J's column k.
  private static func dampedStep(_ jacobian: [Double], _ distances: [Double], damping: Double) -> [Double]? {
    let lengths = (0..<4).map { k in
      stride(from: k, to: jacobian.count, by: 4).reduce(0) { $0 + jacobian[$1] * jacobian[$1] }.squareRoot()
    }
    let extra = DenseMatrix(diagonal: lengths.map { damping.squareRoot() * $0 })
    let design = DenseMatrix(rows: distances.count + 4, columns: 4, elements: jacobian + extra.elements)
    return LeastSquares(design: design, values: distances + [0, 0, 0, 0])?.parameters
  }
}
