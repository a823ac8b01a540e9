import Atomistics
import Diagnostics
import Foundation
import Numerics

/// A diffusion coefficient at one temperature.
public struct ArrheniusPoint: Equatable, Sendable {
  /// K.
  public var temperature: Double
  /// Å²/ps.
  public var diffusion: Double
  /// Å²/ps; nil: not known.
  public var error: Double?

  public init(temperature: Double, diffusion: Double, error: Double?) {
    (self.temperature, self.diffusion, self.error) = (temperature, diffusion, error)
  }
}

/// ln D = ln D0 − E_a/(k_B T), by least squares weighted with (D/σ_D)².
///
/// S. Arrhenius, Z. Phys. Chem. 4, 226 (1889). Where no errors are known all points count alike, and their scatter tells the
/// errors of the result.
public struct ArrheniusFit: Sendable {
  public let points: [ArrheniusPoint]
  /// eV.
  public let activationEnergy: Double
  public let logPrefactor: Double
  /// Of (E_a, ln D0).
  public let covariance: DenseMatrix
  /// Σ ((ln D − fit) D/σ_D)²; nil without errors.
  public let chiSquared: Double?
  public let degreesOfFreedom: Int
  /// Half the length of 95 % intervals in standard errors.
  let quantile: Double

  /// - Throws: `Failure.input`: fewer than two temperatures, or numbers that have no logarithm.
  public init(_ points: [ArrheniusPoint], name: String) throws {
    let remedy = "leave that temperature out, or run longer there"
    for point in points {
      guard point.temperature > 0, point.temperature.isFinite else {
        throw Failure.input("\(name): \(point.temperature) K is no temperature")
      }
      guard point.diffusion > 0, point.diffusion.isFinite else {
        throw Failure.input("\(name): D = \(point.diffusion) at \(point.temperature) K has no logarithm", remedy: remedy)
      }
      guard point.error.map({ $0 > 0 && $0.isFinite }) ?? true else {
        throw Failure.input("\(name): the error of D at \(point.temperature) K is not above 0", remedy: remedy)
      }
    }
    let errors = points.compactMap(\.error), isWeighted = errors.count == points.count
    guard isWeighted || errors.isEmpty else {
      throw Failure.input("\(name): some diffusion coefficients have errors and some have none", remedy: "give all or none")
    }
    let x = points.map { 1 / (Units.boltzmann * $0.temperature) }, y = points.map { log($0.diffusion) }
    // Of ln D.
    let variances = zip(points, errors).map { ($1 / $0.diffusion) * ($1 / $0.diffusion) }
    let line =
      isWeighted
      ? LineFit.generalized(x: x, y: y, covariance: DenseMatrix(diagonal: variances)) : LineFit.ordinary(x: x, y: y)
    guard let line, Set(x).count > 1 else {
      throw Failure.input(
        "\(name): an activation energy needs diffusion coefficients at two temperatures at least", remedy: "add runs")
    }
    self.points = points.sorted { $0.temperature < $1.temperature }
    (activationEnergy, logPrefactor) = (-line.slope, line.intercept)
    var covariance = line.covariance
    covariance[0, 1] *= -1
    covariance[1, 0] *= -1
    self.covariance = covariance
    chiSquared = isWeighted ? line.sumOfSquares : nil
    degreesOfFreedom = line.degreesOfFreedom
    quantile = isWeighted ? normalQuantile975 : StudentT.quantile975(degreesOfFreedom: Double(line.degreesOfFreedom))
  }

  /// eV; nil where two points without errors leave it open.
  public var activationEnergyError: Double? { known(covariance[0, 0].squareRoot()) }
  public var logPrefactorError: Double? { known(covariance[1, 1].squareRoot()) }

  private func known(_ error: Double) -> Double? { chiSquared != nil || degreesOfFreedom > 0 ? error : nil }

  /// ln D (D in Å²/ps) at a temperature in K, with its standard error.
  public func logDiffusion(at temperature: Double) -> (value: Double, error: Double?) {
    let x = 1 / (Units.boltzmann * temperature)
    let variance = covariance[0, 0] * x * x + covariance[1, 1] - 2 * x * covariance[0, 1]
    return (logPrefactor - activationEnergy * x, known(max(0, variance).squareRoot()))
  }

  /// The 95 % interval of D, Å²/ps: symmetric in ln D.
  public func interval95(at temperature: Double) -> [Double]? {
    let (value, error) = logDiffusion(at: temperature)
    return error.map { [exp(value - quantile * $0), exp(value + quantile * $0)] }
  }
}
