import AtomicClusterFiles
import Numerics

/// The neighbors of a center inside their cutoffs, and the sums A over them.
struct PlainEnvironment {
  struct Bond {
    var species: Int
    var distance: Double
    var direction: Vector3
    var basis: BondBasis
    var radial: PlainRadialFunctions.Values
    var harmonics: PlainHarmonics
  }

  let isGrace: Bool
  /// In the order that was given; those beyond their cutoff have zero radial functions.
  private(set) var bonds: [Bond] = []
  private(set) var first: [Int: Double] = [:]
  private(set) var sums: [Key: Complex] = [:]

  /// μ (0 for GRACE/FS), n (1-based), l, m.
  struct Key: Hashable {
    var species, n, l, m: Int
  }

  init(_ evaluator: PlainClusterEvaluator, center: Int, neighbors: [PlainClusterEvaluator.Neighbor]) throws {
    let model = evaluator.model
    isGrace = model.isGrace
    for neighbor in neighbors {
      let basis = model.bond(center: center, neighbor: neighbor.species), r = neighbor.displacement.length
      let radial = r < basis.cutoff ? try evaluator.table(center, neighbor.species).values(at: r) : .zero(basis)
      let u = neighbor.displacement / r
      bonds.append(
        Bond(
          species: neighbor.species, distance: r, direction: u, basis: basis, radial: radial,
          harmonics: PlainHarmonics(direction: u, maximumL: basis.maximumL, real: isGrace)))
    }
    for bond in bonds where bond.distance < bond.basis.cutoff { add(bond) }
  }

  private mutating func add(_ bond: Bond) {
    for (k, g) in bond.radial.g.enumerated() { first[bond.species << 20 | k, default: 0] += g.value }
    for n in 0..<bond.basis.radialCount {
      for l in 0...bond.basis.maximumL {
        let r = weight(bond, n + 1) * bond.radial.r[n * (bond.basis.maximumL + 1) + l].value
        for m in -l...l {
          let key = Key(species: isGrace ? 0 : bond.species, n: n + 1, l: l, m: m)
          sums[key, default: Complex(0)] += r * bond.harmonics.values[PlainHarmonics.index(l, m)]
        }
      }
    }
  }

  func weight(_ bond: Bond, _ n: Int) -> Double { bond.basis.elementWeights?[n - 1] ?? 1 }

  /// Whether a product of one factor is A⁽¹⁾.
  func isFirst(_ l: [Int]) -> Bool { l.count == 1 && !isGrace }

  func key(_ species: [Int], _ n: [Int], _ l: [Int], _ m: [Int], _ t: Int) -> Key {
    Key(species: isGrace ? 0 : species[t], n: n[t], l: l[t], m: m[t])
  }

  /// Π_t A, or A⁽¹⁾.
  func product(_ species: [Int], _ n: [Int], _ l: [Int], _ m: [Int]) -> Complex {
    if isFirst(l) { return Complex(first[species[0] << 20 | (n[0] - 1)] ?? 0) }
    return l.indices.reduce(Complex(1)) { $0 * (sums[key(species, n, l, m, $1)] ?? Complex(0)) }
  }
}

/// dE/dA, and from it the forces on the neighbors.
struct PlainAdjoint {
  private let environment: PlainEnvironment
  private var first: [Int: Double] = [:]
  /// E changes by Re Σ omega dA.
  private var omega: [PlainEnvironment.Key: Complex] = [:]

  init(_ environment: PlainEnvironment) { self.environment = environment }

  /// A term of the energy: `slope` times the real part of a product.
  mutating func add(_ slope: Double, _ species: [Int], _ n: [Int], _ l: [Int], _ m: [Int]) {
    if environment.isFirst(l) {
      first[species[0] << 20 | (n[0] - 1), default: 0] += slope
      return
    }
    for t in l.indices {
      let others = l.indices.filter { $0 != t }.reduce(Complex(slope)) {
        $0 * (environment.sums[environment.key(species, n, l, m, $1)] ?? Complex(0))
      }
      omega[environment.key(species, n, l, m, t), default: Complex(0)] += others
    }
  }

  /// dE/dr of neighbor `j`, without core terms.
  func gradient(_ j: Int) -> Vector3 {
    let bond = environment.bonds[j]
    guard bond.distance < bond.basis.cutoff else { return .zero }
    let species = environment.isGrace ? 0 : bond.species
    var gradient = Vector3.zero
    for (k, g) in bond.radial.g.enumerated() {
      gradient += (first[bond.species << 20 | k] ?? 0) * g.derivative * bond.direction
    }
    for (key, omega) in omega where key.species == species {
      let r = environment.weight(bond, key.n) * bond.radial.r[(key.n - 1) * (bond.basis.maximumL + 1) + key.l]
      let index = PlainHarmonics.index(key.l, key.m), y = bond.harmonics.values[index], dy = bond.harmonics.gradients[index]
      gradient += (omega * y).re * r.derivative * bond.direction
      gradient += r.value / bond.distance * Vector3((omega * dy.0).re, (omega * dy.1).re, (omega * dy.2).re)
    }
    return gradient
  }
}
