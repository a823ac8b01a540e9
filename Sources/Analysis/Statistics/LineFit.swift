import Numerics

/// A straight line y = slope · x + intercept through points, by least squares.
///
/// The estimate is linear in y: slope = Σ_k w_k y_k. So the same weights give the slope of every part of y (axes, blocks,
/// elements of a tensor), and its variance from any covariance Σ of the points, wᵀ Σ w.
public struct LineFit: Sendable {
  public let slope: Double
  public let intercept: Double
  /// Of (slope, intercept), 2×2.
  public let covariance: DenseMatrix
  /// [points], w.
  public let slopeWeights: [Double]
  /// [points], of the intercept.
  public let interceptWeights: [Double]
  /// rᵀ Σ⁻¹ r of the residuals r (generalized), or rᵀ r (ordinary).
  public let sumOfSquares: Double
  public let degreesOfFreedom: Int

  public var slopeError: Double { covariance[0, 0].squareRoot() }
  public var interceptError: Double { covariance[1, 1].squareRoot() }

  /// Ordinary least squares, θ = (AᵀA)⁻¹Aᵀy with A = [x, 1].
  ///
  /// The covariance is that of independent points with the scatter of the residuals. Points of a mean-square
  /// displacement are far from independent: there the error must come from elsewhere.
  /// - Returns: nil with fewer than two different x.
  public static func ordinary(x: [Double], y: [Double]) -> LineFit? {
    LineFit(x: x, y: y, whitened: design(x), values: y, unwhiten: { $0 }, scatterIsUnknown: true)
  }

  /// Generalized least squares, θ = (AᵀΣ⁻¹A)⁻¹AᵀΣ⁻¹y with covariance (AᵀΣ⁻¹A)⁻¹, by the Cholesky factor of Σ.
  ///
  /// Source: A. C. Aitken, Proc. R. Soc. Edinburgh 55, 42 (1936).
  /// - Parameter covariance: Σ of y, n × n.
  /// - Returns: nil where Σ is not positive definite, or with fewer than two different x.
  public static func generalized(x: [Double], y: [Double], covariance: DenseMatrix) -> LineFit? {
    guard let factor = CholeskyFactor(covariance) else { return nil }
    let design = design(x)
    let columns = (0..<2).map { column in factor.whiten((0..<x.count).map { design[$0, column] }) }
    var whitened = design
    for row in 0..<x.count { (whitened[row, 0], whitened[row, 1]) = (columns[0][row], columns[1][row]) }
    return LineFit(
      x: x, y: y, whitened: whitened, values: factor.whiten(y), unwhiten: factor.whitenTransposed, scatterIsUnknown: false)
  }

  private static func design(_ x: [Double]) -> DenseMatrix {
    DenseMatrix(rows: x.count, columns: 2, elements: x.flatMap { [$0, 1] })
  }

  /// `unwhiten` takes a weight of whitened values to that of the values.
  private init?(
    x: [Double], y: [Double], whitened: DenseMatrix, values: [Double], unwhiten: ([Double]) -> [Double],
    scatterIsUnknown: Bool
  ) {
    precondition(x.count == y.count)
    guard let fit = LeastSquares(design: whitened, values: values), fit.parameters.allSatisfy(\.isFinite) else { return nil }
    (slope, intercept) = (fit.parameters[0], fit.parameters[1])
    (sumOfSquares, degreesOfFreedom) = (fit.sumOfSquares, fit.degreesOfFreedom)
    let scatter = scatterIsUnknown ? fit.sumOfSquares / Double(max(fit.degreesOfFreedom, 1)) : 1
    covariance = scatter * fit.inverseNormal
    let weights = fit.inverseNormal * whitened.transpose
    slopeWeights = unwhiten(weights.row(0))
    interceptWeights = unwhiten(weights.row(1))
  }

  /// The same line with x in another unit.
  /// - Parameter factor: new slopes from old ones.
  public func scalingSlope(by factor: Double) -> LineFit {
    var covariance = covariance
    covariance[0, 0] *= factor * factor
    covariance[0, 1] *= factor
    covariance[1, 0] *= factor
    return LineFit(
      slope: factor * slope, intercept: intercept, covariance: covariance, slopeWeights: slopeWeights.map { factor * $0 },
      interceptWeights: interceptWeights, sumOfSquares: sumOfSquares, degreesOfFreedom: degreesOfFreedom)
  }

  private init(
    slope: Double, intercept: Double, covariance: DenseMatrix, slopeWeights: [Double], interceptWeights: [Double],
    sumOfSquares: Double, degreesOfFreedom: Int
  ) {
    (self.slope, self.intercept, self.covariance) = (slope, intercept, covariance)
    (self.slopeWeights, self.interceptWeights) = (slopeWeights, interceptWeights)
    (self.sumOfSquares, self.degreesOfFreedom) = (sumOfSquares, degreesOfFreedom)
  }

  public func value(at x: Double) -> Double { slope * x + intercept }
}
