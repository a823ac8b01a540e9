/// Singular values by one-sided Jacobi rotations: pairs of rows are turned until all are orthogonal; their lengths are
/// the singular values. M. R. Hestenes, J. SIAM 6, 51 (1958), doi:10.1137/0106005.
extension Matrix3 {
  /// The least factor by which the matrix changes a vector's length; NaN where an element is not finite.
  public var smallestSingularValue: Double {
    guard elements.allSatisfy(\.isFinite) else { return .nan }
    var turned = self
    // Convergence is quadratic: four or five sweeps do; the bound is for matrices whose squares underflow.
    for _ in 0..<20 {
      var isDone = true
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where turned.orthogonalize(p, q) { isDone = false }
      if isDone { break }
    }
    return min(turned.rows.0.length, turned.rows.1.length, turned.rows.2.length)
  }

  /// Turns rows p and q in their plane until they are orthogonal; false if they are so already.
  private mutating func orthogonalize(_ p: Int, _ q: Int) -> Bool {
    let (a, b) = (self[p], self[q])
    let product = a.dot(b)
    guard abs(product) > 1e-16 * a.length * b.length else { return false }
    let ratio = (b.lengthSquared - a.lengthSquared) / (2 * product)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = cosine * tangent
    self[p] = cosine * a - sine * b
    self[q] = sine * a + cosine * b
    return true
  }
}
