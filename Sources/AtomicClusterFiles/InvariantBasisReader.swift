import Atomistics
import Diagnostics

/// `.yaml` of pacemaker: radial functions by blocks of elements and one line for each invariant function B, whose couplings
/// are worked out here.
struct InvariantBasisReader {
  private let root: YAMLValue
  private let spacing: Double
  private let blocks: [Block]
  private let elements: [Element]

  /// One item of `species`, by the numbers of its elements.
  struct Block {
    let value: YAMLValue
    let center: Int
    /// The elements of the block, the center first, each once.
    let members: [Int]
    /// The neighbor of a block of one or two elements.
    var neighbor: Int? { members.count <= 2 ? members[members.count - 1] : nil }
  }

  /// Elements are numbered by their symbols' alphabetical order.
  init(_ root: YAMLValue) throws {
    self.root = root
    spacing = try root.value("global").value("DeltaSplineBins").real()
    let items = try root.value("species").items()
    let symbols = try items.map { item in
      let label = try item.value("speciesblock")
      let symbols = try label.string().split(separator: " ").map(String.init)
      guard !symbols.isEmpty else { throw label.failure("a block lacks its elements") }
      for symbol in symbols where Element(symbol: symbol) == nil {
        throw label.failure("\"\(symbol.prefix(20))\" is no element", remedy: "write its symbol, as Li")
      }
      return symbols
    }
    let sorted = Set(symbols.joined()).sorted()
    guard !sorted.isEmpty else { throw root.failure("the potential has no elements") }
    elements = sorted.compactMap { Element(symbol: $0) }
    let numbers = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    blocks = zip(items, symbols).map { item, symbols in
      var members: [Int] = []
      for number in symbols.compactMap({ numbers[$0] }) where !members.contains(number) { members.append(number) }
      return Block(value: item, center: members[0], members: members)
    }
  }

  func model() throws -> ClusterModel {
    let (bonds, innerCutoff) = try InvariantBondReader(blocks: blocks, elements: elements, spacing: spacing).bonds()
    let padded = try ClusterModel.padded(bonds, at: root)
    var centers = try self.centers()
    let entries = try entries(centers: centers, bonds: bonds, padded: padded[0])
    let expansions = entries.map(InvariantExpansion.init)
    for (index, expansion) in expansions.enumerated() {
      let all = expansion.clusterFunctions
      centers[index].functions = all.filter { $0.rank == 1 } + all.filter { $0.rank > 1 }
    }
    return ClusterModel(
      elements: elements, energyShifts: [Double](repeating: 0, count: elements.count), tableSpacing: spacing,
      innerCutoff: innerCutoff, bonds: padded, centers: centers, bBasis: expansions.map(\.functions))
  }

  // MARK: Centers

  private func centers() throws -> [CenterBasis] {
    var found = [CenterBasis?](repeating: nil, count: elements.count)
    for block in blocks where block.members.count == 1 {
      guard found[block.center] == nil else { throw block.value.failure("this block stands here twice") }
      found[block.center] = try Self.center(block.value)
    }
    if let missing = found.firstIndex(where: { $0 == nil }) {
      throw try root.value("species").failure(
        "there is no block `speciesblock: \(elements[missing])`", remedy: "every element needs one with its embedding")
    }
    return found.compactMap { $0 }
  }

  private static func center(_ value: YAMLValue) throws -> CenterBasis {
    let count = try value.value("ndensityi").integer(in: ClusterLimits.densities)
    let (kind, weights, exponents) = try ClusterFields.embedding(
      value.value("npoti"), parameters: value.value("parameters"), densities: count)
    let width = try value.optional("drho_core_cut")?.real() ?? 250
    try ClusterFields.check(width < 0 ? "the width of the core cutoff is negative" : nil, at: value)
    return CenterBasis(
      densityCount: count, embedding: kind, weights: weights, exponents: exponents,
      coreCutoff: try value.optional("rho_core_cut")?.real() ?? 1e5, coreCutoffWidth: width, functions: [])
  }

  // MARK: Functions

  private func entries(centers: [CenterBasis], bonds: [BondBasis], padded: BondBasis) throws
    -> [[InvariantExpansion.Entry]]
  {
    var entries = [[InvariantExpansion.Entry]](repeating: [], count: elements.count)
    var products = 0
    for block in blocks {
      let own = block.neighbor.map { bonds[block.center * elements.count + $0] } ?? padded
      let bounds = FunctionBounds(
        elements: elements.count, baseCount: own.baseCount, radialCount: own.radialCount, maximumL: own.maximumL)
      for value in try block.value.optional("nbody")?.items() ?? [] {
        if try value.optional("skip")?.boolean() == true { continue }
        let entry = try entry(value, block, densities: centers[block.center].densityCount, bounds: bounds)
        products += entry.couplings.m.count
        guard products <= ClusterLimits.products else {
          throw value.failure("the functions up to this one have more than \(ClusterLimits.products) products")
        }
        entries[block.center].append(entry)
      }
    }
    return entries
  }

  private func entry(_ value: YAMLValue, _ block: Block, densities: Int, bounds: FunctionBounds) throws
    -> InvariantExpansion.Entry
  {
    let type = try value.value("type"), symbols = try type.string().split(separator: " ")
    let numbers = symbols.compactMap { symbol in block.members.first { elements[$0].symbol == symbol } }
    guard numbers.count == symbols.count, numbers.first == block.center, ClusterLimits.rank.contains(numbers.count - 1)
    else {
      throw type.failure(
        "the type \"\(symbols.joined(separator: " ").prefix(60))\" does not fit its block",
        remedy: "it must be the block's center and 1 to \(ClusterLimits.rank.upperBound) neighbors of the block's elements")
    }
    let rank = numbers.count - 1, species = Array(numbers.dropFirst())
    let n = try value.value("nr").integers(count: rank, in: ClusterLimits.count)
    let l = try value.value("nl").integers(count: rank, in: ClusterLimits.l)
    try ClusterFields.check(bounds.problem(species: species, n: n, l: l), at: value)
    let intermediate = try Self.intermediate(value, l: l)
    guard let couplings = Couplings(l: l, intermediate: intermediate, limit: ClusterLimits.trials) else {
      throw value.failure("the couplings of this function are too many to work out")
    }
    guard !couplings.m.isEmpty else {
      throw value.failure("nl and lint of this function do not couple to a scalar")
    }
    return InvariantExpansion.Entry(
      species: species, n: n, l: l, couplings: couplings, coefficients: try value.value("c").reals(count: densities))
  }

  /// `lint` in full: files may leave out at the end what the triangle rule fixes.
  private static func intermediate(_ value: YAMLValue, l: [Int]) throws -> [Int] {
    let rank = l.count
    guard l.reduce(0, +) % 2 == 0 else { throw value.failure("the l of a function must add up to an even number") }
    if rank <= 2 {
      guard l.first == l.last else { throw value.failure("the two l of a function of two neighbors must be equal") }
      return []
    }
    var momenta = try value.optional("lint")?.integers(in: ClusterLimits.l) ?? []
    // The scalar couples the last two nodes, or the last node and the odd leaf: their momenta are equal.
    if momenta.count == rank - 3 { momenta.append(rank % 2 == 1 ? l[rank - 1] : momenta.last ?? l[0]) }
    guard momenta.count == rank - 2 else {
      throw value.failure("`lint` has \(momenta.count) numbers where \(rank - 2) belong")
    }
    let root = CouplingTree(rank: rank).nodes[rank - 2], all = l + momenta
    guard all[root.first] == all[root.second] else {
      throw value.failure("the last `lint` does not couple to a scalar")
    }
    return momenta
  }
}
