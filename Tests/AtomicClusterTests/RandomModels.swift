import AtomicClusterFiles
import Atomistics
import TestSupport

/// What a random model has.
struct ModelShape: Sendable {
  var elements = ["Li", "S"]
  /// One for each element.
  var densities = [1, 3]
  var radial = RadialBasis.chebExpCos(lambda: 4.2)
  var innerCutoff = InnerCutoffKind.density
  var embedding = Embedding.shiftedScaled
  var maximumRank = 4
  var maximumL = 3
  var functions = 30
  var hasPair = false
}

extension ClusterModel {
  /// Random functions: products of any A with Σ m = 0, so no invariants; energies and derivatives are what is compared.
  static func random(_ shape: ModelShape, seed: Int) -> ClusterModel {
    var dice = Dice(seed)
    let elements = shape.elements.compactMap(Element.init(symbol:))
    let bonds = (0..<elements.count * elements.count).map { _ in bond(shape, &dice) }
    let centers = elements.indices.map { center(shape, $0, elements.count, &dice) }
    return ClusterModel(
      elements: elements, energyShifts: elements.map { _ in dice.signed() }, tableSpacing: 0.001,
      innerCutoff: shape.innerCutoff, bonds: bonds, centers: centers)
  }

  private static let baseCount = 5, radialCount = 3

  private static func bond(_ shape: ModelShape, _ dice: inout Dice) -> BondBasis {
    let cutoff = dice.real(3.6...5)
    var bond = BondBasis(
      radial: shape.radial, cutoff: cutoff, cutoffWidth: 0.4, innerRadius: dice.real(1.6...1.9), innerWidth: 0.4,
      baseCount: baseCount, radialCount: radialCount, maximumL: shape.maximumL,
      coefficients: (0..<radialCount * (shape.maximumL + 1) * baseCount).map { _ in 0.5 * dice.signed() },
      corePrefactor: dice.real(1...20), coreLambda: dice.real(0.5...1))
    if case .aceJulia(let basis) = shape.radial {
      bond.coefficients = []
      if shape.hasPair {
        bond.juliaPair = JuliaPairTerm(
          basis: basis, cutoff: cutoff + 0.3, coefficients: (0..<baseCount).map { _ in dice.signed() },
          repulsion: (ri: 1.7, e0: dice.unit(), a: 2, b: 3))
      }
    }
    return bond
  }

  private static func center(_ shape: ModelShape, _ index: Int, _ count: Int, _ dice: inout Dice) -> CenterBasis {
    let densities = shape.densities[index]
    var functions: [ClusterFunction] = []
    for number in 0..<shape.functions {
      let rank = 1 + number % shape.maximumRank
      let l = (0..<rank).map { _ in rank == 1 ? 0 : dice.integer(0...shape.maximumL) }
      var m: [[Int]] = []
      for _ in 0..<4 {
        let drawn = l.map { dice.integer(-$0...$0) }
        if drawn.reduce(0, +) == 0, !m.contains(drawn), !m.contains(drawn.map { -$0 }) { m.append(drawn) }
      }
      if m.isEmpty { m = [l.map { _ in 0 }] }
      functions.append(
        ClusterFunction(
          rank: rank, species: l.map { _ in dice.integer(0...count - 1) },
          n: l.map { _ in dice.integer(1...(rank == 1 ? baseCount : radialCount)) }, l: l, m: m,
          coefficients: m.map { _ in (0..<densities).map { _ in 0.1 * dice.signed() } }))
    }
    return CenterBasis(
      densityCount: densities, embedding: shape.embedding, weights: (0..<densities).map { _ in dice.signed() },
      exponents: (0..<densities).map { $0 == 0 ? 1 : dice.real(0.4...0.9) }, coreCutoff: 3, coreCutoffWidth: 2,
      functions: functions.sorted { $0.rank < $1.rank })
  }
}
