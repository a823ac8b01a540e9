import COpenBLAS

/// c = a · b in single precision, row-major: a is [m][k], b is [k][n], c is [m][n]; strides count floats from row to row.
///
/// OpenBLAS's sgemm on one thread, as `multiplyTransposed`.
public func multiply(
  _ a: UnsafePointer<Float>, strideA: Int, _ b: UnsafePointer<Float>, strideB: Int, m: Int, n: Int, k: Int,
  into c: UnsafeMutablePointer<Float>, strideC: Int
) {
  guard m > 0, n > 0, k > 0 else { return }
  oneThread
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(strideA), b,
    blasint(strideB), 0, c, blasint(strideC))
}
