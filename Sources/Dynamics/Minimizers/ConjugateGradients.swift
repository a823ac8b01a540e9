import Atomistics
import Decomposition

/// Solves A x = b over all ranks' atoms for a symmetric positive definite A with nearly the same diagonal for x, y and z.
///
/// Conjugate gradients, preconditioned by the diagonal: M. R. Hestenes, E. Stiefel, J. Res. Natl. Bur. Stand. 49, 409
/// (1952).
final class ConjugateGradients {
  typealias Product = (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  /// Of |b|, in the norm of the inverse diagonal. A tenfold smaller one saves no step of the minimizer (measured).
  private static let tolerance = 1e-2
  private static let iterationLimit = 200

  private let domain: Domain
  // [owned][3]; `search` has the ghosts, too.
  private let residual = PerAtomBuffer<Double>()
  private let scaled = PerAtomBuffer<Double>()
  private let product = PerAtomBuffer<Double>()
  private let search = PerAtomBuffer<Double>()

  init(_ domain: Domain) { self.domain = domain }

  private var count: Int { 3 * domain.atoms.ownedCount }

  /// - Parameters:
  ///   - x: [owned][3]; b on entry, the solution on return.
  ///   - diagonal: of A, [owned].
  ///   - multiply: y ← A x for x of owned atoms and ghosts.
  func solve(_ x: UnsafeMutablePointer<Double>, diagonal: UnsafePointer<Double>, _ multiply: Product) {
    reserve()
    let count = count, r = residual.pointer, z = scaled.pointer, p = search.pointer, q = product.pointer
    r.update(from: x, count: count)
    x.update(repeating: 0, count: count)
    divide(r, by: diagonal, into: z)
    p.update(from: z, count: count)
    var norm = domain.communicator.sum(dot(r, z, count))
    let goal = norm * Self.tolerance * Self.tolerance
    var iteration = 0
    while norm > goal, iteration < Self.iterationLimit {
      domain.forward(p, width: 3)
      multiply(p, q)
      let step = norm / domain.communicator.sum(dot(p, q, count))
      combine(step, p, 1, x, count)
      combine(-step, q, 1, r, count)
      divide(r, by: diagonal, into: z)
      let next = domain.communicator.sum(dot(r, z, count))
      combine(1, z, next / norm, p, count)
      norm = next
      iteration += 1
    }
  }

  /// Σ x·A x. `x`: [owned][3]. Collective.
  func quadraticForm(_ x: UnsafePointer<Double>, _ multiply: Product) -> Double {
    reserve()
    search.pointer.update(from: x, count: count)
    domain.forward(search.pointer, width: 3)
    multiply(search.pointer, product.pointer)
    return domain.communicator.sum(dot(x, product.pointer, count))
  }

  private func reserve() {
    for buffer in [residual, scaled, product] { buffer.reserve(count) }
    search.reserve(3 * domain.atoms.totalCount)
  }

  private func divide(
    _ r: UnsafePointer<Double>, by diagonal: UnsafePointer<Double>, into z: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<domain.atoms.ownedCount {
      let inverse = 1 / diagonal[i]
      for k in 3 &* i..<3 &* i &+ 3 { z[k] = inverse * r[k] }
    }
  }
}
