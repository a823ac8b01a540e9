import Atomistics
import Diagnostics

/// `.yace`: couplings are already multiplied into a coefficient c̃ for each combination of m.
struct TildeBasisReader {
  private let root: YAMLValue

  init(_ root: YAMLValue) { self.root = root }

  func model() throws -> ClusterModel {
    let elements = try ClusterFields.elements(root.value("elements"))
    let spacing = try root.value("deltaSplineBins").real()
    let bondList = try root.value("bonds")
    let (bonds, innerCutoff) = try self.bonds(bondList, elements: elements, spacing: spacing)
    let padded = try ClusterModel.padded(bonds, at: bondList)
    let bounds = FunctionBounds(
      elements: elements.count, baseCount: padded[0].baseCount, radialCount: padded[0].radialCount,
      maximumL: padded[0].maximumL)
    return ClusterModel(
      elements: elements, energyShifts: try root.value("E0").reals(count: elements.count), tableSpacing: spacing,
      innerCutoff: innerCutoff, bonds: padded, centers: try centers(elements: elements, bounds: bounds))
  }

  // MARK: Bonds

  private func bonds(_ list: YAMLValue, elements: [Element], spacing: Double) throws -> ([BondBasis], InnerCutoffKind) {
    let count = elements.count
    var found = [BondBasis?](repeating: nil, count: count * count), kind: InnerCutoffKind?
    let julia = try JuliaRadialReader(root)
    for (key, value) in try list.pairs() {
      let pair = try key.integers(count: 2, in: 0...count - 1)
      let cutoffKind = try ClusterFields.innerCutoff(value.optional("inner_cutoff_type"))
      guard kind == nil || kind == cutoffKind else {
        throw value.failure("bonds differ in their inner_cutoff_type", remedy: "give all of them the same")
      }
      kind = cutoffKind
      guard found[pair[0] * count + pair[1]] == nil else { throw key.failure("this bond stands here twice") }
      let isJulia = try value.value("radbasename").string().hasPrefix("ACE.jl")
      let bond = isJulia ? try julia.bond(value, pair: (pair[0], pair[1])) : try self.bond(value)
      try ClusterFields.check(bond.problem(innerCutoff: cutoffKind, tableSpacing: spacing), at: value)
      found[pair[0] * count + pair[1]] = bond
    }
    if let missing = found.firstIndex(where: { $0 == nil }) {
      let pair = "\(elements[missing / count])–\(elements[missing % count])"
      throw list.failure(
        "the bond [\(missing / count), \(missing % count)] (\(pair)) is missing",
        remedy: "every ordered pair of elements needs an entry")
    }
    let bonds = found.compactMap { $0 }
    guard Set(bonds.map(\.radial.isJulia)).count == 1 else {
      throw list.failure("bonds with an ACE.jl basis cannot be mixed with others", remedy: "use one kind for all")
    }
    return (bonds, kind ?? .density)
  }

  private func bond(_ value: YAMLValue) throws -> BondBasis {
    let radialCount = try value.value("nradmax").integer(in: ClusterLimits.count)
    let maximumL = try value.value("lmax").integer(in: ClusterLimits.l)
    let baseCount = try value.value("nradbasemax").integer(in: ClusterLimits.count)
    let coefficients = try value.value("radcoefficients")
    return BondBasis(
      radial: try ClusterFields.radialBasis(value.value("radbasename"), parameters: value.optional("radparameters")),
      cutoff: try value.value("rcut").real(), cutoffWidth: try value.value("dcut").real(),
      innerRadius: try value.optional("rcut_in")?.real() ?? 0, innerWidth: try value.optional("dcut_in")?.real() ?? 0,
      baseCount: baseCount, radialCount: radialCount, maximumL: maximumL,
      coefficients: radialCount == 0 ? [] : try coefficients.reals(shape: [radialCount, maximumL + 1, baseCount]),
      corePrefactor: try value.optional("prehc")?.real() ?? 0, coreLambda: try value.optional("lambdahc")?.real() ?? 0)
  }

  // MARK: Centers

  private func centers(elements: [Element], bounds: FunctionBounds) throws -> [CenterBasis] {
    let embeddings = try byElement(root.value("embeddings"), elements)
    let functions = try byElement(root.value("functions"), elements)
    return try zip(embeddings, functions).enumerated().map { index, pair in
      var center = try Self.center(pair.0)
      let all = try pair.1.items().map {
        try Self.function($0, center: index, densities: center.densityCount, bounds: bounds)
      }
      center.functions = all.filter { $0.rank == 1 } + all.filter { $0.rank > 1 }
      return center
    }
  }

  /// The entries of a mapping whose keys are species numbers, in the order of the elements.
  private func byElement(_ list: YAMLValue, _ elements: [Element]) throws -> [YAMLValue] {
    var found = [YAMLValue?](repeating: nil, count: elements.count)
    for (key, value) in try list.pairs() {
      let index = try key.integer(in: 0...elements.count - 1)
      guard found[index] == nil else { throw key.failure("species \(index) stands here twice") }
      found[index] = value
    }
    if let missing = found.firstIndex(where: { $0 == nil }) {
      throw list.failure(
        "\(list.name) lacks species \(missing) (\(elements[missing]))", remedy: "give it an entry, if only an empty one")
    }
    return found.compactMap { $0 }
  }

  private static func center(_ value: YAMLValue) throws -> CenterBasis {
    let count = try value.value("ndensity").integer(in: ClusterLimits.densities)
    let (kind, weights, exponents) = try ClusterFields.embedding(
      value.value("npoti"), parameters: value.value("FS_parameters"), densities: count)
    let width = try value.value("drho_core_cutoff")
    try ClusterFields.check(try width.real() < 0 ? "the width of the core cutoff is negative" : nil, at: width)
    return CenterBasis(
      densityCount: count, embedding: kind, weights: weights, exponents: exponents,
      coreCutoff: try value.value("rho_core_cutoff").real(), coreCutoffWidth: try width.real(), functions: [])
  }

  private static func function(_ value: YAMLValue, center: Int, densities: Int, bounds: FunctionBounds) throws
    -> ClusterFunction
  {
    let rank = try value.value("rank").integer(in: ClusterLimits.rank)
    let count = try value.value("num_ms_combs").integer(in: ClusterLimits.combinations)
    _ = try value.optional("mu0")?.integer(in: center...center)
    _ = try value.value("ndensity").integer(in: densities...densities)
    let species = try value.value("mus").integers(count: rank, in: 0...bounds.elements - 1)
    let n = try value.value("ns").integers(count: rank, in: 0...ClusterLimits.count.upperBound)
    let l = try value.value("ls").integers(count: rank, in: ClusterLimits.l)
    try ClusterFields.check(bounds.problem(species: species, n: n, l: l), at: value)
    let combinations = try value.value("ms_combs")
    let m = try combinations.integers(count: count * rank, in: -ClusterLimits.l.upperBound...ClusterLimits.l.upperBound)
    for start in stride(from: 0, to: m.count, by: rank) {
      try ClusterFields.check(bounds.problem(m: m[start..<start + rank], l: l), at: combinations)
    }
    let coefficients = try value.value("ctildes").reals(count: count * densities)
    return ClusterFunction(
      rank: rank, species: species, n: n, l: l, m: rows(m, of: rank), coefficients: rows(coefficients, of: densities))
  }
}

/// Flat row-major numbers as rows.
func rows<T>(_ values: [T], of width: Int) -> [[T]] {
  stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
}

extension RadialBasis {
  var isJulia: Bool {
    if case .aceJulia = self { true } else { false }
  }
}
