import Atomistics

/// Bounds that every number of a file is held against, so that nothing later can overflow, divide by zero or ask for memory
/// without end. They lie far beyond any published potential.
enum ClusterLimits {
  static let rank = 1...20
  static let l = 0...20
  static let count = 0...1000
  static let densities = 1...100
  static let combinations = 0...10_000_000
  /// Å.
  static let maximumCutoff = 100.0
  static let tableNodes = 2...1_000_000
  /// Radial coefficients of a potential.
  static let coefficients = 100_000_000
  /// Products of one B-basis file, all functions together.
  static let products = 50_000_000
  /// Combinations of m that the expansion of one function may try.
  static let trials = 20_000_000
}

extension BondBasis {
  /// What is wrong with the parameters, or nil.
  func problem(innerCutoff: InnerCutoffKind, tableSpacing: Double) -> String? {
    guard cutoff > 0, cutoff <= ClusterLimits.maximumCutoff else {
      return "the cutoff is \(cutoff) Å, not between 0 and \(ClusterLimits.maximumCutoff)"
    }
    guard tableSpacing > 0, (cutoff / tableSpacing) < Double(ClusterLimits.tableNodes.upperBound),
      tableNodeCount(spacing: tableSpacing) >= ClusterLimits.tableNodes.lowerBound
    else { return "a table of spacing \(tableSpacing) Å cannot reach to the cutoff of \(cutoff) Å" }
    guard cutoffWidth >= 0, innerRadius >= 0, innerWidth >= 0 else {
      return "widths and radii of cutoffs must not be negative"
    }
    if innerCutoff == .zbl, innerWidth <= 0 {
      return "a ZBL core needs an inner cutoff of a width above 0"
    }
    if innerCutoff == .zbl, cutoffWidth <= 0 || cutoffWidth > cutoff {
      return "a ZBL core needs a cutoff width between 0 and the cutoff"
    }
    return radial.problem
  }
}

extension RadialBasis {
  var problem: String? {
    switch self {
    case .chebExpCos(let lambda):
      lambda != 0 && abs(lambda) < 500 ? nil : "λ of ChebExpCos is \(lambda): it must not be 0 and stay below 500"
    case .chebPow(let lambda):
      lambda > 0 && lambda < 500 ? nil : "λ of ChebPow is \(lambda), not between 0 and 500"
    case .chebLinear, .sBessel, .zero: nil
    case .aceJulia(let basis): basis.problem
    }
  }

  /// From a file's name for it; nil if nobody knows the name.
  init?(name: String, lambda: Double) {
    switch name {
    case "ChebExpCos": self = .chebExpCos(lambda: lambda)
    case "ChebPow": self = .chebPow(lambda: lambda)
    case "ChebLinear": self = .chebLinear
    case "SBessel", "TEST_SBessel": self = .sBessel
    default:
      guard name.hasPrefix("TEST_") else { return nil }
      self = .zero
    }
  }

  static let knownNames = "ChebExpCos, ChebPow, ChebLinear, SBessel and (in yace) ACE.jl"
}

extension JuliaRadialBasis {
  var problem: String? {
    if r0 <= -1 || abs(r0) > 1000 { return "r0 is \(r0), not between -1 and 1000" }
    if a.count != b.count || a.count != c.count { return "the recursion coefficients A, B and C differ in number" }
    return nil
  }
}

/// What the functions of a center must fit into.
struct FunctionBounds {
  var elements: Int
  /// K, N and L over all bonds.
  var baseCount, radialCount, maximumL: Int
  var isGrace = false

  /// What is wrong with one factor's indices, or nil; n is 1-based.
  func problem(species: [Int], n: [Int], l: [Int]) -> String? {
    let rank = l.count
    if let species = species.first(where: { !(0..<elements).contains($0) }) {
      return "the species \(species) is none of the \(elements) of the file"
    }
    if rank == 1 && !isGrace {
      if l[0] != 0 { return "a function of one neighbor must have l = 0" }
      if !(1...max(1, baseCount)).contains(n[0]) || baseCount == 0 {
        return "n = \(n[0]) is beyond the \(baseCount) radial base functions"
      }
      return nil
    }
    if let n = n.first(where: { $0 < 1 || $0 > radialCount }) {
      return "n = \(n) is beyond the \(radialCount) radial functions"
    }
    if let l = l.first(where: { $0 < 0 || $0 > maximumL }) { return "l = \(l) is beyond the largest, \(maximumL)" }
    return nil
  }

  /// What is wrong with a combination of m, or nil. Complex harmonics couple to a scalar only with Σ m = 0.
  func problem(m: some Collection<Int>, l: [Int]) -> String? {
    if let pair = zip(m, l).first(where: { abs($0) > $1 }) { return "m = \(pair.0) is beyond l = \(pair.1)" }
    if !isGrace, m.reduce(0, +) != 0 { return "the m of a product do not add up to 0" }
    return nil
  }
}

extension Embedding {
  /// What is wrong with the pairs of prefactor and exponent, or nil.
  static func problem(exponents: [Double]) -> String? {
    exponents.first { $0 <= 0 || $0 > 100 }.map { "an exponent of the embedding is \($0), not between 0 and 100" }
  }
}

extension ClusterModel {
  /// What a user should know of a potential that is readable all the same; empty for most.
  public var warnings: [String] {
    let jumping = bonds.indices.filter { bonds[$0].radial == .chebLinear }
    guard let first = jumping.first else { return [] }
    let pair = "\(elements[first / elements.count])–\(elements[first % elements.count])"
    return [
      "the ChebLinear radial functions of \(pair)\(jumping.count > 1 ? " and other pairs" : "") may jump at the cutoff: "
        + "forces are large in the last \(tableSpacing) Å before it"
    ]
  }
}
