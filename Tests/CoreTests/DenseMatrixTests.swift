import Numerics
import Testing

@Suite struct DenseMatrixTests {
  private let random = CounterRandom(.test, seed: 3)

  private func matrix(_ rows: Int, _ columns: Int) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { random.normals(step: 1, id: UInt64($0)).x })
  }

  @Test func theInverseUndoes() throws {
    let a = matrix(6, 6), inverse = try #require(a.inverse)
    let deviation = (a * inverse - DenseMatrix(diagonal: [Double](repeating: 1, count: 6))).elements
    #expect(deviation.allSatisfy { abs($0) < 1e-12 })
    var singular = a
    // A column of zeros: singular without any rounding.
    for i in 0..<6 { singular[i, 2] = 0 }
    #expect(singular.inverse == nil)
  }

  /// Trace and trace of the square are sums over the eigenvalues.
  @Test func eigenvaluesAreThoseOfTheMatrix() {
    let a = matrix(5, 5).symmetrized, values = a.symmetricEigenvalues
    #expect(values == values.sorted())
    func trace(_ m: DenseMatrix) -> Double { (0..<m.rows).reduce(0) { $0 + m[$1, $1] } }
    #expect(abs(values.reduce(0, +) - trace(a)) < 1e-12)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } - trace(a * a)) < 1e-11)
    #expect(DenseMatrix(diagonal: [3, -1, 2]).symmetricEigenvalues == [-1, 2, 3])
  }

  /// A straight line has closed formulas for slope, intercept and both errors.
  @Test func leastSquaresOfAStraightLine() throws {
    let x = [0.0, 1, 2, 3, 5, 8], y = [1.1, 2.9, 5.2, 6.8, 11.1, 17.3], n = 6.0
    let fit = try #require(
      LeastSquares(design: DenseMatrix(rows: 6, columns: 2, elements: x.flatMap { [1, $0] }), values: y))
    let mx = x.reduce(0, +) / n, my = y.reduce(0, +) / n
    let sxx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
    let slope = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) } / sxx, intercept = my - slope * mx
    let squares = zip(x, y).reduce(0) { $0 + ($1.1 - intercept - slope * $1.0) * ($1.1 - intercept - slope * $1.0) }
    #expect(abs(fit.parameters[0] - intercept) < 1e-12 && abs(fit.parameters[1] - slope) < 1e-12)
    #expect(abs(fit.sumOfSquares - squares) < 1e-12 && fit.degreesOfFreedom == 4)
    #expect(abs(fit.standardError(1) - (squares / 4 / sxx).squareRoot()) < 1e-12)
    #expect(abs(fit.standardError(0) - (squares / 4 * (1 / n + mx * mx / sxx)).squareRoot()) < 1e-12)
    let dependent = DenseMatrix(rows: 3, columns: 2, elements: [1, 2, 2, 4, 3, 6])
    #expect(LeastSquares(design: dependent, values: [1, 2, 3]) == nil)
    #expect(LeastSquares(design: DenseMatrix(rows: 1, columns: 2, elements: [1, 2]), values: [1]) == nil)
  }
}
