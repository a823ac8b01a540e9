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

let oneThread: Void = openblas_set_num_threads(1)
