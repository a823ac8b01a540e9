import Atomistics
import Diagnostics

/// The bonds of a B-basis file, each from the block of its two elements or, where that block leaves something out, from the
/// block of the same elements the other way round.
struct InvariantBondReader {
  let blocks: [InvariantBasisReader.Block]
  let elements: [Element]
  let spacing: Double

  private struct Core: Equatable {
    var prefactor = 0.0, lambda = 0.0, innerRadius = 0.0, innerWidth = 0.0
    var isGiven = false
  }

  func bonds() throws -> ([BondBasis], InnerCutoffKind) {
    let count = elements.count
    var values = [YAMLValue?](repeating: nil, count: count * count)
    var kind: InnerCutoffKind?
    for block in blocks {
      guard let neighbor = block.neighbor else { continue }
      let index = block.center * count + neighbor
      guard values[index] == nil else { throw block.value.failure("this block stands here twice") }
      values[index] = block.value
      let own = try ClusterFields.innerCutoff(block.value.optional("inner_cutoff_type"))
      guard kind == nil || kind == own else {
        throw block.value.failure("blocks differ in their inner_cutoff_type", remedy: "give all of them the same")
      }
      kind = own
    }
    let bonds = try (0..<count * count).map { index in
      let center = index / count, neighbor = index % count
      return try bond(values[index], values[neighbor * count + center], center, neighbor, kind ?? .density)
    }
    return (bonds, kind ?? .density)
  }

  /// - Parameters:
  ///   - own: the block of this bond.
  ///   - mirror: that of the same elements the other way round.
  private func bond(_ own: YAMLValue?, _ mirror: YAMLValue?, _ center: Int, _ neighbor: Int, _ kind: InnerCutoffKind) throws
    -> BondBasis
  {
    guard let block = own ?? mirror,
      let radial = [own, mirror].compactMap({ $0 }).first(where: { $0.optional("lmaxi") != nil })
    else {
      throw (own ?? mirror ?? blocks[0].value).failure(
        "there are no radial functions for \(elements[center])–\(elements[neighbor])",
        remedy:
          "give the block `speciesblock: \(elements[center]) \(elements[neighbor])` with `radbase` and what belongs to it")
    }
    var core = try Self.core(block)
    if let mirror {
      let other = try Self.core(mirror)
      if core.isGiven, other.isGiven, core != other {
        throw block.failure("the two blocks of this pair differ in `core-repulsion` or the inner cutoff")
      }
      if !core.isGiven, other.isGiven { core = other }
    }
    let bond = try Self.bond(radial, core)
    try ClusterFields.check(bond.problem(innerCutoff: kind, tableSpacing: spacing), at: radial)
    return bond
  }

  private static func core(_ value: YAMLValue) throws -> Core {
    var core = Core()
    core.innerRadius = try value.optional("r_in")?.real() ?? 0
    core.innerWidth = try value.optional("delta_in")?.real() ?? 0
    if let repulsion = value.optional("core-repulsion") {
      let numbers = try repulsion.reals(count: 2)
      (core.prefactor, core.lambda, core.isGiven) = (numbers[0], numbers[1], true)
    }
    return core
  }

  private static func bond(_ value: YAMLValue, _ core: Core) throws -> BondBasis {
    let radialCount = try value.value("nradmaxi").integer(in: ClusterLimits.count)
    let maximumL = try value.value("lmaxi").integer(in: ClusterLimits.l)
    let baseCount = try value.value("nradbaseij").integer(in: ClusterLimits.count)
    return BondBasis(
      radial: try ClusterFields.radialBasis(value.value("radbase"), parameters: value.optional("radparameters")),
      cutoff: try value.value("rcutij").real(), cutoffWidth: try value.value("dcutij").real(),
      innerRadius: core.innerRadius, innerWidth: core.innerWidth, baseCount: baseCount, radialCount: radialCount,
      maximumL: maximumL,
      coefficients: try coefficients(value, radialCount: radialCount, momenta: maximumL + 1, baseCount: baseCount),
      corePrefactor: core.prefactor, coreLambda: core.lambda)
  }

  /// [n][l][k]; old files have a flat list with k outermost, then n, then l.
  private static func coefficients(_ value: YAMLValue, radialCount: Int, momenta: Int, baseCount: Int) throws -> [Double] {
    if radialCount == 0 || baseCount == 0 { return [] }
    let list = try value.value("radcoefficients")
    if list.isNested { return try list.reals(shape: [radialCount, momenta, baseCount]) }
    let flat = try list.reals(count: radialCount * momenta * baseCount)
    return (0..<flat.count).map { index in
      let k = index % baseCount, nl = index / baseCount
      return flat[k * radialCount * momenta + nl]
    }
  }
}
