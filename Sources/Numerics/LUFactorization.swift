import COpenBLAS

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// P A = L U of a matrix with at least as many rows as columns, by partial pivoting (LAPACK's dgetrf, blocked).
///
/// The rows that pivoting brings to the top are a greedy choice of a square submatrix of large volume.
public struct LUFactorization: Sendable {
  /// The rows that became pivots, one a column, in that order.
  public let pivotRows: [Int]
  /// ln |det| of the square matrix of those rows; −∞ where they depend on each other.
  public let logAbsDeterminant: Double

  /// - Parameters:
  ///   - elements: row-major, `rows` × `columns`.
  ///   - rows: at least `columns`.
  public init(rows: Int, columns: Int, elements: UnsafePointer<Double>) {
    precondition(rows >= columns)
    oneThread
    var byColumns = [Double](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      for row in 0..<rows {
        for column in 0..<columns { buffer[column * rows + row] = elements[row * columns + column] }
      }
      count = rows * columns
    }
    var m = blasint(rows), n = blasint(columns), leading = m, info: blasint = 0
    var exchanges = [blasint](repeating: 0, count: columns)
    dgetrf_(&m, &n, &byColumns, &leading, &exchanges, &info)
    var order = Array(0..<rows)
    for (column, exchange) in exchanges.enumerated() { order.swapAt(column, Int(exchange) - 1) }
    pivotRows = Array(order[..<columns])
    logAbsDeterminant = (0..<columns).reduce(0) { $0 + log(abs(byColumns[$1 * rows + $1])) }
  }
}

/// The transpose of the inverse of a square matrix, and ln |det| of the matrix; nil where it is singular.
///
/// - Parameter elements: row-major, `count` × `count`.
public func inverseTransposed(
  of elements: [Double], count: Int
) -> (elements: [Double], logAbsDeterminant: Double)? {
  precondition(elements.count == count * count)
  oneThread
  // LAPACK goes by columns: it inverts the transpose; read by rows, that is the inverse.
  var inverse = elements, n = blasint(count), order = n, leading = n, info: blasint = 0
  var exchanges = [blasint](repeating: 0, count: count)
  dgetrf_(&n, &order, &inverse, &leading, &exchanges, &info)
  guard info == 0 else { return nil }
  let logAbsDeterminant = (0..<count).reduce(0) { $0 + log(abs(inverse[$1 * count + $1])) }
  var workCount = blasint(64 * max(count, 1)), work = [Double](repeating: 0, count: Int(workCount))
  dgetri_(&n, &inverse, &leading, &exchanges, &work, &workCount, &info)
  guard info == 0, inverse.allSatisfy(\.isFinite) else { return nil }
  var transposed = inverse
  for row in 0..<count {
    for column in 0..<count { transposed[row * count + column] = inverse[column * count + row] }
  }
  return (transposed, logAbsDeterminant)
}
