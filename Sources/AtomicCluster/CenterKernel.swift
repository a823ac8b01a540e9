import AtomicClusterFiles
import PotentialKit

/// What belongs to centers of one element: its one-particle functions, product graph, densities and bonds.
final class CenterKernel {
  let basis: CenterBasis
  let energyShift: Double
  let layout: ChannelLayout
  let program: ProductProgram
  /// [neighbor species].
  let bonds: [BondKernel]
  let harmonics: [HarmonicSteps]
  /// B functions and the table of their rank-1 part, where the model has them.
  let invariants: InvariantProgram?

  /// The channel group of a neighbor species.
  func group(of species: Int) -> Int { layout.groups.count == 1 ? 0 : species }

  /// - Parameter withInvariants: whether the potential has an active set.
  init(_ model: ClusterModel, center: Int, withInvariants: Bool) {
    basis = model.centers[center]
    energyShift = model.energyShifts[center]
    let invariantFunctions = withInvariants ? model.bBasis.map { $0[center] } ?? [] : []
    layout = ChannelLayout(
      groupCount: model.isGrace ? 1 : model.elements.count,
      channels: Self.channels(basis.functions, invariantFunctions, model))
    harmonics = layout.groups.map(HarmonicSteps.init)

    var graph = ProductGraph(layout, hasRealHarmonics: model.isGrace)
    let terms = Self.densityTerms(basis, model, &graph)
    // Nodes that only the B functions need come last and change nothing before them.
    let invariantTerms = invariantFunctions.map { Self.terms(of: $0, model, &graph) }
    program = ProductProgram(graph, densityCount: basis.densityCount, terms: terms)
    invariants =
      withInvariants
      ? InvariantProgram(
        invariantFunctions, terms: invariantTerms, speciesCount: model.isGrace ? 0 : model.elements.count)
      : nil
    bonds = Self.bonds(model, center, layout, invariants)
  }

  private static func channels(
    _ functions: [ClusterFunction], _ invariants: [InvariantFunction], _ model: ClusterModel
  ) -> Set<ChannelLayout.Channel> {
    var channels: Set<ChannelLayout.Channel> = []
    func add(_ rank: Int, _ species: [Int], _ n: [Int], _ l: [Int]) {
      guard rank > 1 || model.isGrace else { return }
      for t in 0..<rank { channels.insert(.init(group: model.isGrace ? 0 : species[t], n: n[t], l: l[t])) }
    }
    for f in functions { add(f.rank, f.species, f.n, f.l) }
    for f in invariants { add(f.rank, f.species, f.n, f.l) }
    return channels
  }

  private static func factors(
    _ species: [Int], _ n: [Int], _ l: [Int], _ m: [Int], _ model: ClusterModel
  ) -> [ProductGraph.Factor] {
    let factors = m.indices.map {
      ProductGraph.Factor(channel: .init(group: model.isGrace ? 0 : species[$0], n: n[$0], l: l[$0]), m: m[$0])
    }.sorted()
    guard !model.isGrace else { return factors }
    // Of a product and its mirror image, which have the same real part, always the same one.
    let mirrored = factors.map(\.mirrored).sorted()
    return mirrored.lexicographicallyPrecedes(factors) ? factors : mirrored
  }

  /// Products of low rank first: their nodes are parts of the others.
  private static func densityTerms(
    _ basis: CenterBasis, _ model: ClusterModel, _ graph: inout ProductGraph
  ) -> [(term: ProductGraph.Term, coefficients: [Double])] {
    var order: [[ProductGraph.Factor]] = [], sums: [[ProductGraph.Factor]: [Double]] = [:]
    for function in basis.functions.sorted(by: { $0.rank < $1.rank }) where function.rank > 1 || model.isGrace {
      for (m, coefficients) in zip(function.m, function.coefficients) {
        let product = factors(function.species, function.n, function.l, m, model)
        if let sum = sums[product] {
          sums[product] = zip(sum, coefficients).map(+)
        } else {
          sums[product] = coefficients
          order.append(product)
        }
      }
    }
    return order.flatMap { product in
      let coefficients = sums[product] ?? []
      return coefficients.contains { $0 != 0 } ? graph.terms(of: product).map { ($0, coefficients) } : []
    }
  }

  private static func terms(
    of function: InvariantFunction, _ model: ClusterModel, _ graph: inout ProductGraph
  ) -> [ProductGraph.Term] {
    guard function.rank > 1 || model.isGrace else { return [] }
    return zip(function.m, function.couplings).flatMap { m, coupling in
      graph.terms(of: factors(function.species, function.n, function.l, m, model)).map { term in
        ProductGraph.Term(x: term.x, y: term.y, factor: coupling * term.factor)
      }
    }
  }

  private static func bonds(
    _ model: ClusterModel, _ center: Int, _ layout: ChannelLayout, _ invariants: InvariantProgram?
  ) -> [BondKernel] {
    let basis = model.centers[center]
    return model.elements.indices.map { neighbor in
      var rankOne = [[(k: Int, coefficient: Double)]](repeating: [], count: basis.densityCount)
      for function in basis.functions where function.rank == 1 && !model.isGrace && function.species[0] == neighbor {
        for p in 0..<basis.densityCount where function.coefficients[0][p] != 0 {
          rankOne[p].append((function.n[0], function.coefficients[0][p]))
        }
      }
      let functions = RadialFunctions(
        bond: model.bond(center: center, neighbor: neighbor), innerCutoff: model.innerCutoff,
        numbers: (model.elements[center].atomicNumber, model.elements[neighbor].atomicNumber))
      let group = layout.groups[layout.groups.count == 1 ? 0 : neighbor]
      let graded = invariants.map { $0.rankOne.isEmpty ? [] : $0.rankOne[neighbor].k } ?? []
      return BondKernel(
        functions, spacing: model.tableSpacing, radial: group.radialFunctions, rankOne: rankOne, graded: graded)
    }
  }
}

/// The recursion of the harmonics of one channel group, in the order of its rows: m = 0 … L, then l = m … L.
///
///     P_mm = c_m,  P_lm = a_lm (z P_{l−1,m} + b_lm P_{l−2,m}),  Y_lm = P_lm(z) (x + iy)^m √(4π) × the usual
struct HarmonicSteps {
  struct Step {
    /// Radial functions with this l: their number and the byte offset of the first.
    var count: Int
    var radialOffset: Int
    /// P_mm for l = m, else a_lm and b_lm.
    var a, b: Double
  }

  let degree: Int
  let firstRow: Int
  let steps: FixedArray<Step>

  init(_ group: ChannelLayout.Group) {
    degree = group.degree
    firstRow = group.firstRow
    var steps: [Step] = [], diagonal = 1.0
    for m in stride(from: 0, through: group.degree, by: 1) {
      if m > 0 { diagonal *= -(1 + 1 / (2 * Double(m))).squareRoot() }
      for l in m...group.degree {
        let square = Double(l * l), order = Double(m * m), below = Double((l - 1) * (l - 1))
        let a = l == m ? diagonal : ((4 * square - 1) / (square - order)).squareRoot()
        let b = l < m + 2 ? 0 : -((below - order) / (4 * below - 1)).squareRoot()
        steps.append(
          Step(count: group.n[l].count, radialOffset: group.firstRadial(l: l) * Double8.slotBytes, a: a, b: b))
      }
    }
    self.steps = FixedArray(steps)
  }
}
