import Diagnostics

/// The radial part of a `.yace` that ACE.jl or ACEpotentials.jl wrote: polynomials by recursion in the place of tables, and
/// a pair potential in the place of the core repulsion.
struct JuliaRadialReader {
  private let root: YAMLValue

  init(_ root: YAMLValue) throws { self.root = root }

  func bond(_ value: YAMLValue, pair: (Int, Int)) throws -> BondBasis {
    let basis = try Self.basis(value)
    return BondBasis(
      radial: .aceJulia(basis), cutoff: try value.value("rcut").real(), cutoffWidth: 0, baseCount: basis.a.count,
      radialCount: basis.a.count, maximumL: try root.value("lmax").integer(in: ClusterLimits.l), coefficients: [],
      juliaPair: try pairTerm(pair))
  }

  private static func basis(_ value: YAMLValue) throws -> JuliaRadialBasis {
    let count = try value.value("maxn").integer(in: ClusterLimits.count)
    let recursion = try value.value("recursion_coefficients")
    // ACE.jl writes p as 1.0 at times: a whole number all the same.
    let basis = JuliaRadialBasis(
      r0: try value.value("r0").real(), p: try value.value("p").integer(in: 0...50), xl: try value.value("xl").real(),
      xr: try value.value("xr").real(), pl: try value.value("pl").integer(in: 0...50),
      pr: try value.value("pr").integer(in: 0...50), a: try recursion.value("A").reals(count: count),
      b: try recursion.value("B").reals(count: count), c: try recursion.value("C").reals(count: count))
    try ClusterFields.check(basis.problem, at: value)
    return basis
  }

  private func pairTerm(_ pair: (Int, Int)) throws -> JuliaPairTerm? {
    guard let value = root.optional("polypairpot"),
      let coefficients = try Self.entry(value.value("coefficients"), pair)
    else { return nil }
    let basis = try Self.basis(value), cutoff = try value.value("rcut").real()
    let numbers = try coefficients.reals()
    guard numbers.count <= basis.a.count else {
      throw coefficients.failure("there are more coefficients than the \(basis.a.count) polynomials of the pair potential")
    }
    guard cutoff > 0, cutoff <= ClusterLimits.maximumCutoff else {
      throw value.failure("the cutoff of the pair potential is \(cutoff) Å")
    }
    let core = try root.optional("reppot").flatMap { try Self.entry($0.value("coefficients"), pair) }
    let repulsion = try core.map { core in
      let inner = try core.value("ri").real()
      if inner <= 0 { throw core.failure("the radius of the repulsive core must be above 0") }
      return (
        ri: inner, e0: try core.value("e0").real(), a: try core.value("A").real(), b: try core.value("B").real()
      )
    }
    return JuliaPairTerm(basis: basis, cutoff: cutoff, coefficients: numbers, repulsion: repulsion)
  }

  /// The entry of a mapping whose keys are pairs of species.
  private static func entry(_ list: YAMLValue, _ pair: (Int, Int)) throws -> YAMLValue? {
    try list.pairs().first { key, _ in
      try key.integers(count: 2, in: 0...ClusterLimits.count.upperBound) == [pair.0, pair.1]
    }?.value
  }
}
