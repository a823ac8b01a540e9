import COpenBLAS

/// c = a · bᵀ + beta · c, row-major: a is [m][k], b is [n][k], c is [m][n]; `strideA`, `strideB`, `strideC` count doubles from
/// row to row.
///
/// OpenBLAS's dgemm on one thread: ranks are the program's only parallelism, and threads that wait would steal their cores.
public func multiplyTransposed(
  _ a: UnsafePointer<Double>, strideA: Int, _ b: UnsafePointer<Double>, strideB: Int, m: Int, n: Int, k: Int, beta: Double,
  into c: UnsafeMutablePointer<Double>, strideC: Int
) {
  guard m > 0, n > 0, k > 0 else { return }
  oneThread
  cblas_dgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(strideA), b,
    blasint(strideB), beta, c, blasint(strideC))
}

/// a += factor · x yᵀ, row-major: a is [rows][columns] without gaps.
public func addOuterProduct(
  _ factor: Double, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, rows: Int, columns: Int,
  to a: UnsafeMutablePointer<Double>
) {
  guard rows > 0, columns > 0 else { return }
  oneThread
  cblas_dger(CblasRowMajor, blasint(rows), blasint(columns), factor, x, 1, y, 1, a, blasint(columns))
}

/// The index of the element of largest magnitude, the first of several; nil of none.
public func indexOfLargestMagnitude(_ x: UnsafePointer<Double>, count: Int) -> Int? {
  guard count > 0 else { return nil }
  oneThread
  return Int(cblas_idamax(blasint(count), x, 1))
}

/// Threads that OpenBLAS may use, set before its first call.
let oneThread: Void = openblas_set_num_threads(1)
