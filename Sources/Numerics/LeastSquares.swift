import COpenBLAS

/// Linear least squares: the parameters p that minimize |A p − y|², by QR decomposition.
///
/// With values of equal, independent errors the covariance of the parameters is s² (AᵀA)⁻¹ with s² = |A p − y|²/(m − n).
public struct LeastSquares: Sendable {
  /// n of them.
  public let parameters: [Double]
  /// |A p − y|².
  public let sumOfSquares: Double
  /// m − n.
  public let degreesOfFreedom: Int
  /// (AᵀA)⁻¹, n × n.
  public let inverseNormal: DenseMatrix

  /// nil where there are fewer values than parameters, or the columns of `design` depend on each other.
  ///
  /// - Parameters:
  ///   - design: A, m × n.
  ///   - values: y, m of them.
  public init?(design: DenseMatrix, values: [Double]) {
    precondition(design.rows == values.count)
    guard design.rows >= design.columns, design.columns > 0 else { return nil }
    var m = blasint(design.rows), n = blasint(design.columns), one: blasint = 1, info: blasint = 0
    var byColumns = design.transpose.elements, solution = values
    var leading = m, workCount = blasint(64 * design.columns), work = [Double](repeating: 0, count: 64 * design.columns)
    dgels_("N", &m, &n, &one, &byColumns, &leading, &solution, &leading, &work, &workCount, &info)
    let count = design.columns
    var r = DenseMatrix(rows: count, columns: count)
    for i in 0..<count {
      for j in i..<count { r[i, j] = byColumns[j * design.rows + i] }
    }
    // A diagonal element of R that is lost in rounding: the columns are dependent.
    let largest = (0..<count).map { abs(r[$0, $0]) }.max() ?? 0
    let isIndependent = (0..<count).allSatisfy { abs(r[$0, $0]) > 1e-13 * largest }
    guard info == 0, isIndependent, let inverse = r.inverse else { return nil }
    parameters = Array(solution[..<count])
    inverseNormal = inverse * inverse.transpose
    degreesOfFreedom = design.rows - count
    sumOfSquares = zip(design * parameters, values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// The standard error of parameter `index` from the scatter of the values; NaN without degrees of freedom.
  public func standardError(_ index: Int) -> Double {
    guard degreesOfFreedom > 0 else { return .nan }
    return (sumOfSquares / Double(degreesOfFreedom) * inverseNormal[index, index]).squareRoot()
  }
}
