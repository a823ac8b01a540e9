import Atomistics
import Decomposition
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A cheap stand-in for the Hessian that knows who is whose neighbor:
///
///     P_ij = −μ c_ij 1,   c_ij = exp(−A (r_ij/r_nn − 1)) for r_ij < 2 r_nn
///     P_ii = μ (Σ_j c_ij + c_stab) 1
///     strain: μ_c N r_nn² 1
///
/// D. Packwood, J. Kermode et al., J. Chem. Phys. 144, 164109 (2016), doi:10.1063/1.4947024, eqs. 10 to 12, with their A = 3
/// and c_stab = 0.1. The matrix is that of the present positions; it lives until the next rebuild of the neighbor list.
/// Frozen atoms do not move: their rows are those of the unit matrix. P x = b is solved by conjugate gradients with the
/// diagonal as their own preconditioner (M. R. Hestenes, E. Stiefel, J. Res. Natl. Bur. Stand. 49, 409 (1952)).
final class ExponentialPreconditioner {
  /// μ, eV/Å².
  private(set) var stiffness = 1.0
  /// μ_c, eV/Å².
  private(set) var strainStiffness = 1.0
  /// r_nn, Å.
  var neighborDistance = 1.0

  private let domain: Domain
  private let atomCount: Int
  private let frozen: GroupSelection?
  private let solver: ConjugateGradients
  // Row i: columns[starts[i] ..< starts[i + 1]], owned atoms and ghosts.
  private let starts = PerAtomBuffer<Int>()
  private let diagonal = PerAtomBuffer<Double>()
  private let columns = PerAtomBuffer<Int32>()
  private let weights = PerAtomBuffer<Double>()

  /// μ_c/μ of crystals: 3.0 to 4.0 in fcc argon, 3.6 to 4.0 in Li2S (measured).
  private static let usualRatio = 4.0
  private static let decay = 3.0
  private static let stabilization = 0.1

  init(_ system: SystemState, frozen: GroupSelection?) {
    domain = system.domain
    atomCount = system.atomCount
    self.frozen = frozen
    solver = ConjugateGradients(system.domain)
  }

  /// N r_nn², Å².
  var strainScale: Double { Double(atomCount) * neighborDistance * neighborDistance }

  /// Takes measured stiffnesses over as far as they make sense: far from a minimum they may be negative, and the strain's
  /// far from what suits that of the atoms; the first steps correct what they have in common.
  func setStiffness(atoms: Double, strain: Double) {
    func valid(_ value: Double) -> Double? { value > 0 && value.isFinite ? value : nil }
    let stiffness = valid(atoms) ?? valid(strain).map { $0 / Self.usualRatio } ?? 1
    let usual = Self.usualRatio * stiffness
    self.stiffness = stiffness
    strainStiffness = min(max(valid(strain) ?? usual, 0.1 * usual), 10 * usual)
  }

  /// As a checkpoint has them.
  func restore(stiffness: Double, strainStiffness: Double, neighborDistance: Double) {
    (self.stiffness, self.strainStiffness, self.neighborDistance) = (stiffness, strainStiffness, neighborDistance)
  }

  /// Multiplies both stiffnesses.
  func scale(by factor: Double) {
    stiffness *= factor
    strainStiffness *= factor
  }

  /// The matrix, over μ, of the present positions.
  func build() {
    let list = domain.neighbors, position = domain.atoms.position, groups = domain.atoms.groups
    starts.reserve(list.centerCount + 1)
    diagonal.reserve(list.centerCount)
    columns.reserve(list.offsets[list.centerCount])
    weights.reserve(list.offsets[list.centerCount])
    let starts = starts.pointer, columns = columns.pointer, weights = weights.pointer
    let reach = min(2 * neighborDistance, domain.cutoff), rate = Self.decay / neighborDistance
    var count = 0
    for i in 0..<list.centerCount {
      starts[i] = count
      if frozen?.contains(groups[i]) ?? false {
        diagonal.pointer[i] = 1
        continue
      }
      var sum = Self.stabilization
      for k in list.offsets[i]..<list.offsets[i + 1] {
        let d = position[Int(list.neighbors[k])] - position[i]
        let distance = (d * d).sum().squareRoot()
        if distance >= reach { continue }
        let weight = exp(Self.decay - rate * distance)
        sum += weight
        columns[count] = list.neighbors[k]
        weights[count] = weight
        count += 1
      }
      diagonal.pointer[i] = sum
    }
    starts[list.centerCount] = count
  }

  /// x ← P⁻¹ x. Collective.
  func solve(_ x: RelaxationVector) {
    solver.solve(x.pointer, diagonal: diagonal.pointer) { [self] in multiply($0, into: $1) }
    let scale = 1 / stiffness
    for k in 0..<x.count { x.pointer[k] *= scale }
    x.strain = (1 / (strainStiffness * strainScale)) * x.strain
  }

  /// Σ x·(P/μ)x over the atoms. Collective.
  func quadraticForm(_ x: RelaxationVector) -> Double {
    solver.quadraticForm(x.pointer) { [self] in multiply($0, into: $1) }
  }

  /// y ← (P/μ) x. `x`: [owned and ghosts][3], `y`: [owned][3].
  private func multiply(_ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>) {
    let starts = starts.pointer, diagonal = diagonal.pointer, columns = columns.pointer, weights = weights.pointer
    for i in 0..<domain.atoms.ownedCount {
      var sum = diagonal[i] * Vector3(x[3 &* i], x[3 &* i &+ 1], x[3 &* i &+ 2])
      for k in starts[i]..<starts[i &+ 1] {
        let neighbor = x + 3 &* Int(columns[k])
        sum -= weights[k] * Vector3(neighbor[0], neighbor[1], neighbor[2])
      }
      (y[3 &* i], y[3 &* i &+ 1], y[3 &* i &+ 2]) = (sum.x, sum.y, sum.z)
    }
  }
}
