import COpenBLAS

/// A dense matrix of any shape for small problems outside kernels, over LAPACK.
public struct DenseMatrix: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// Row-major.
  public var elements: [Double]

  /// `elements`: row-major, `rows` × `columns` of them.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(elements.count == rows * columns)
    (self.rows, self.columns, self.elements) = (rows, columns, elements)
  }

  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  public init(diagonal: [Double]) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for (i, value) in diagonal.enumerated() { self[i, i] = value }
  }

  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  public func row(_ index: Int) -> [Double] { Array(elements[index * columns..<(index + 1) * columns]) }

  public var transpose: DenseMatrix {
    var result = DenseMatrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  /// (A + Aᵀ)/2 of a square matrix.
  public var symmetrized: DenseMatrix { 0.5 * (self + transpose) }

  public static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
    precondition(a.columns == b.rows)
    var product = DenseMatrix(rows: a.rows, columns: b.columns)
    for i in 0..<a.rows {
      for k in 0..<a.columns {
        for j in 0..<b.columns { product[i, j] += a[i, k] * b[k, j] }
      }
    }
    return product
  }

  public static func * (a: DenseMatrix, v: [Double]) -> [Double] {
    precondition(a.columns == v.count)
    return (0..<a.rows).map { i in (0..<a.columns).reduce(0) { $0 + a[i, $1] * v[$1] } }
  }

  public static func * (a: Double, b: DenseMatrix) -> DenseMatrix {
    DenseMatrix(rows: b.rows, columns: b.columns, elements: b.elements.map { a * $0 })
  }

  public static func + (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
    precondition(a.rows == b.rows && a.columns == b.columns)
    return DenseMatrix(rows: a.rows, columns: a.columns, elements: zip(a.elements, b.elements).map { $0 + $1 })
  }

  public static func - (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix { a + (-1) * b }

  /// The inverse of a square matrix; nil where it is singular.
  public var inverse: DenseMatrix? {
    precondition(rows == columns)
    // LAPACK goes by columns: it inverts the transpose, whose inverse, read by rows again, is that of the matrix.
    var n = blasint(rows), info: blasint = 0, pivots = [blasint](repeating: 0, count: rows)
    var factors = elements, result = DenseMatrix(diagonal: [Double](repeating: 1, count: rows)).elements
    var leading = n, order = n
    dgesv_(&n, &order, &factors, &leading, &pivots, &result, &leading, &info)
    guard info == 0, result.allSatisfy(\.isFinite) else { return nil }
    return DenseMatrix(rows: rows, columns: rows, elements: result)
  }

  /// Eigenvalues of a symmetric matrix, ascending.
  public var symmetricEigenvalues: [Double] {
    precondition(rows == columns)
    var n = blasint(rows), leading = n, info: blasint = 0, workCount = blasint(max(1, 8 * rows))
    var a = elements, values = [Double](repeating: 0, count: rows), work = [Double](repeating: 0, count: max(1, 8 * rows))
    dsyev_("N", "U", &n, &a, &leading, &values, &work, &workCount, &info)
    precondition(info == 0, "the eigenvalues of a finite symmetric matrix always converge")
    return values
  }
}
