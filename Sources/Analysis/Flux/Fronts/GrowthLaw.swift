import Foundation
import Numerics

/// A law for the position x of a front over time, fitted by least squares:
///
///     constant  x = x_0        linear  x = x_0 + v t        parabolic  x = x_0 + k √(t − t_0)
///
/// Reactions at the front give the linear law, diffusion through the layer that has grown the parabolic one (G. Tammann,
/// Z. Anorg. Allg. Chem. 111, 78 (1920); C. Wagner, Z. Phys. Chem. B 21, 25 (1933)). Laws are compared by Akaike's criterion
/// with its correction for few points, n ln(RSS/n) + 2p + 2p(p+1)/(n−p−1), p parameters and the variance (C. M. Hurvich and
/// C.-L. Tsai, Biometrika 76, 297 (1989)); errors and criterion take the points' deviations as independent.
public struct GrowthLaw: Sendable {
  public enum Kind: String, CaseIterable, Sendable { case constant, linear, parabolic }

  public let kind: Kind
  /// Å, at t = 0 for the linear law.
  public let origin: SampleEstimate
  /// Å/ps (linear) or Å/√ps (parabolic); nil for the constant law.
  public let rate: SampleEstimate?
  /// ps; nil but for the parabolic law. Without error where it was given, or is the first point.
  public let start: SampleEstimate?
  /// Å², of the residuals.
  public let sumOfSquares: Double
  /// nil with too few points.
  public let criterion: Double?

  public func value(at time: Double) -> Double {
    switch kind {
    case .constant: origin.value
    case .linear: origin.value + (rate?.value ?? 0) * time
    case .parabolic: origin.value + (rate?.value ?? 0) * max(0, time - (start?.value ?? 0)).squareRoot()
    }
  }

  /// All laws that the points allow.
  /// - Parameter start: t_0 of the parabolic law, not after the first point; nil: fitted.
  static func fits(times: [Double], positions: [Double], start: Double?) -> [GrowthLaw] {
    guard times.count >= 3 else { return [] }
    return [
      GrowthLaw(.constant, times, positions, columns: []), GrowthLaw(.linear, times, positions, columns: [times]),
      parabolic(times, positions, start),
    ].compactMap { $0 }
  }

  /// The laws' Akaike weights.
  static func weights(_ laws: [GrowthLaw]) -> [Double?] {
    guard let least = laws.compactMap(\.criterion).min() else { return laws.map { _ in nil } }
    let parts = laws.map { $0.criterion.map { exp(-0.5 * ($0 - least)) } }, total = parts.compactMap { $0 }.reduce(0, +)
    return parts.map { $0.map { $0 / total } }
  }

  private init?(
    _ kind: Kind, _ times: [Double], _ positions: [Double], columns: [[Double]], start: Double? = nil,
    tangent: (([Double]) -> [Double])? = nil
  ) {
    let count = times.count
    func fit(_ columns: [[Double]]) -> LeastSquares? {
      let all = [[Double](repeating: 1, count: count)] + columns
      let design = DenseMatrix(rows: count, columns: all.count, elements: (0..<count).flatMap { row in all.map { $0[row] } })
      return LeastSquares(design: design, values: positions)
    }
    guard let values = fit(columns) else { return nil }
    // With a start that was fitted its column of derivatives widens the errors of the others.
    let full = tangent.flatMap { fit(columns + [$0(values.parameters)]) } ?? values
    let freedom = Double(count - full.parameters.count)
    func error(_ i: Int) -> Double? {
      freedom > 0 ? (values.sumOfSquares / freedom * full.inverseNormal[i, i]).squareRoot() : nil
    }
    self.kind = kind
    origin = SampleEstimate(value: values.parameters[0], error: error(0))
    rate = columns.isEmpty ? nil : SampleEstimate(value: values.parameters[1], error: error(1))
    self.start = start.map { SampleEstimate(value: $0, error: full.parameters.count == 3 ? error(2) : nil) }
    sumOfSquares = values.sumOfSquares
    let p = Double(full.parameters.count + 1), n = Double(count)
    // A fit without residuals has no scale to compare by.
    let isExact = values.sumOfSquares <= 1e-24 * positions.reduce(0) { $0 + $1 * $1 }
    criterion =
      n - p - 1 > 0
      ? n * log((isExact ? 1e-24 : values.sumOfSquares) / n) + 2 * p + 2 * p * (p + 1) / (n - p - 1) : nil
  }

  private static func parabolic(_ times: [Double], _ positions: [Double], _ start: Double?) -> GrowthLaw? {
    func law(_ start: Double, isFitted: Bool) -> GrowthLaw? {
      let roots = times.map { max(0, $0 - start).squareRoot() }
      // ∂x/∂t_0 = −k/(2√(t − t_0)); at the first point itself there is no derivative, and t_0 counts as given.
      let tangent: ([Double]) -> [Double] = { parameters in roots.map { -parameters[1] / (2 * $0) } }
      return GrowthLaw(
        .parabolic, times, positions, columns: [roots], start: start, tangent: isFitted && roots[0] > 0 ? tangent : nil)
    }
    if let start { return law(min(start, times[0]), isFitted: false) }
    // How long before the first point: up to ten times the observed span, beyond which the law is a straight line.
    let span = times[times.count - 1] - times[0]
    func misfit(_ before: Double) -> Double { law(times[0] - before, isFitted: false)?.sumOfSquares ?? .infinity }
    let grid = [0] + (0...120).map { span * pow(10, -4 + 5 * Double($0) / 120) }
    let best = grid.indices.min { misfit(grid[$0]) < misfit(grid[$1]) } ?? 0
    let refined = minimum(of: misfit, in: grid[max(0, best - 1)]...grid[min(grid.count - 1, best + 1)])
    let before = misfit(refined) < misfit(grid[best]) ? refined : grid[best]
    return law(times[0] - before, isFitted: true)
  }

  /// By golden section.
  private static func minimum(of function: (Double) -> Double, in range: ClosedRange<Double>) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    for _ in 0..<80 {
      let left = high - ratio * (high - low), right = low + ratio * (high - low)
      if function(left) <= function(right) { high = right } else { low = left }
    }
    return 0.5 * (low + high)
  }
}
