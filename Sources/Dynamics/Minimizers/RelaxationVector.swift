import Decomposition
import Numerics

/// A direction in the space of all positions and of the cell's strain: a step, a velocity or a gradient.
///
/// The atoms' part follows them between ranks.
final class RelaxationVector {
  /// [owned][3].
  let atoms: AtomField
  /// Symmetric, the same on all ranks.
  var strain = Matrix3.zero
  private let domain: Domain

  /// The zero vector.
  init(_ domain: Domain) {
    self.domain = domain
    atoms = domain.addField(width: 3)
  }

  /// Its memory no longer follows the atoms.
  func remove() { domain.removeField(atoms) }

  var pointer: UnsafeMutablePointer<Double> { atoms.pointer }
  var count: Int { 3 * domain.atoms.ownedCount }

  /// self ← a x + b self, with x's strain multiplied by `strainScale` besides.
  func combine(_ a: Double, _ x: RelaxationVector, _ b: Double, strainScale: Double = 1) {
    Dynamics.combine(a, x.pointer, b, pointer, count)
    strain = (a * strainScale) * x.strain + b * strain
  }

  func clear() {
    pointer.update(repeating: 0, count: count)
    strain = .zero
  }

  /// self ← a x.
  func assign(_ a: Double, _ x: RelaxationVector) {
    for k in 0..<count { pointer[k] = a * x.pointer[k] }
    strain = a * x.strain
  }

  /// The atoms' vectors ← the atoms' vectors · `matrix`.
  func transformAtoms(by matrix: Matrix3) {
    let values = pointer
    for i in 0..<domain.atoms.ownedCount {
      let v = values + 3 * i
      let transformed = Vector3(v[0], v[1], v[2]) * matrix
      (v[0], v[1], v[2]) = (transformed.x, transformed.y, transformed.z)
    }
  }

  /// Σ u_i · v_i + S : T. Collective, in rank order.
  func dot(_ other: RelaxationVector) -> Double {
    domain.communicator.sum(dotOfAtoms(other)) + strain.contracted(other.strain)
  }

  /// This rank's share of Σ u_i · v_i.
  func dotOfAtoms(_ other: RelaxationVector) -> Double { Dynamics.dot(pointer, other.pointer, count) }

  /// The longest of the atoms' vectors. Collective.
  var longest: Double {
    domain.communicator.max(longestSquared(pointer, domain.atoms.ownedCount)).squareRoot()
  }
}

extension Matrix3 {
  /// A : B = Σ_ab A_ab B_ab.
  func contracted(_ other: Matrix3) -> Double {
    rows.0.dot(other.rows.0) + rows.1.dot(other.rows.1) + rows.2.dot(other.rows.2)
  }

  /// Frobenius norm.
  var length: Double { contracted(self).squareRoot() }

  var symmetrized: Matrix3 { 0.5 * (self + transpose) }
}
