import AtomicClusterFiles
import Atomistics
import Foundation
import Numerics

/// An atomic cluster expansion straight from its formulas, function by function and product by product, with no care for
/// speed: what readers and kernels are held against.
public final class PlainClusterEvaluator {
  public struct Neighbor {
    /// Number in `ClusterModel.elements`.
    public var species: Int
    /// Å, from the center.
    public var displacement: Vector3

    public init(species: Int, displacement: Vector3) { (self.species, self.displacement) = (species, displacement) }
  }

  /// What one center contributes.
  public struct Site {
    /// eV.
    public var energy = 0.0
    /// dE_i/dr_j of each neighbor, eV/Å.
    public var gradients: [Vector3] = []
    /// B_f in the order of the active set; empty for models without a B basis.
    public var projections: [Double] = []
    /// w_p F′(ρ_p).
    public var densitySlopes: [Double] = []
    /// The extrapolation grade, where there is an active set.
    public var grade: Double?
  }

  public let model: ClusterModel
  public let activeSet: ClusterActiveSet?
  private let tables: [PlainRadialTable]
  let elementCount: Int

  /// - Parameter isTabulated: interpolate the radial functions as the format says; otherwise evaluate them exactly.
  public init(_ model: ClusterModel, isTabulated: Bool = true, activeSet: ClusterActiveSet? = nil) {
    self.model = model
    self.activeSet = activeSet
    elementCount = model.elements.count
    let numbers = model.elements.map(\.atomicNumber), count = elementCount
    tables = model.bonds.enumerated().map { index, bond in
      PlainRadialTable(
        PlainRadialFunctions(bond: bond, kind: model.innerCutoff, numbers: (numbers[index / count], numbers[index % count])),
        spacing: model.tableSpacing, isTabulated: isTabulated)
    }
  }

  package func table(_ center: Int, _ neighbor: Int) -> PlainRadialTable { tables[center * elementCount + neighbor] }

  /// - Throws: `PlainRadialTable.TooClose` below the first node of a table.
  public func site(center: Int, neighbors: [Neighbor]) throws -> Site {
    let environment = try PlainEnvironment(self, center: center, neighbors: neighbors)
    let basis = model.centers[center]
    var density = [Double](repeating: 0, count: basis.densityCount)
    for function in basis.functions {
      for (m, coefficients) in zip(function.m, function.coefficients) {
        let product = environment.product(function.species, function.n, function.l, m).re
        for p in density.indices { density[p] += coefficients[p] * product }
      }
    }
    var site = Site()
    let embedded = density.indices.map { p in
      basis.weights[p] * Self.embedding(basis.embedding, Dual(density[p], 1), exponent: basis.exponents[p])
    }
    site.densitySlopes = embedded.map(\.derivative)
    site.projections = projections(center, environment)
    site.grade = try grade(center, site)
    let expansion = embedded.reduce(0) { $0 + $1.value }
    let blend = self.blend(center, environment, expansion: expansion)
    site.energy = blend.energy + model.energyShifts[center]
    var adjoint = PlainAdjoint(environment)
    for function in basis.functions {
      for (m, coefficients) in zip(function.m, function.coefficients) {
        let slope = zip(coefficients, site.densitySlopes).reduce(0) { $0 + $1.0 * $1.1 }
        adjoint.add(blend.expansionSlope * slope, function.species, function.n, function.l, m)
      }
    }
    site.gradients = environment.bonds.indices.map { j in
      let bond = environment.bonds[j]
      var gradient = adjoint.gradient(j) + blend.coreSlope * bond.radial.core.derivative * bond.direction
      if j == blend.nearest { gradient += blend.nearestSlope * bond.direction }
      return gradient
    }
    return site
  }

  private func projections(_ center: Int, _ environment: PlainEnvironment) -> [Double] {
    model.bBasis?[center].map { function in
      zip(function.m, function.couplings).reduce(0) {
        $0 + $1.1 * environment.product(function.species, function.n, function.l, $1.0).re
      }
    } ?? []
  }

  private func grade(_ center: Int, _ site: Site) throws -> Double? {
    guard let activeSet, let inverse = activeSet.inverses[model.elements[center]] else { return nil }
    let row =
      activeSet.kind == .linear ? site.projections : site.densitySlopes.flatMap { s in site.projections.map { s * $0 } }
    return (0..<inverse.columns).map { column in
      abs(row.indices.reduce(0) { $0 + row[$1] * inverse[$1, column] })
    }.max()
  }

  /// F(x; m).
  package static func embedding(_ kind: Embedding, _ x: Dual, exponent m: Double) -> Dual {
    let sign = x.value < 0 ? -1.0 : 1.0, a = sign * x
    switch kind {
    case .finnisSinclair:
      let w = 1e6, linear = pow(w, 1 - m)
      if a.value <= 1e-10 { return linear * x }
      let cube = pow(w * a.value, 3)
      let g = cube > 30 ? Dual(0) : Dual.exp(-1 * (w * a) * (w * a) * (w * a))
      return sign * ((1 - g) * Dual.pow(a, m) + linear * g * a)
    case .shiftedScaled:
      if abs(m - 1) < 1e-10 { return x }
      let q = 1 / m, e = Dual.exp(-1 * a), shift = pow(q, q / (1 - q)) * e, offset = pow(q, 1 / (1 - q)) * e
      return sign * (Dual.pow(shift + a, m) - offset)
    }
  }

  // MARK: Core

  /// How the expansion and the core make up the energy, and the derivatives of that.
  struct Blend {
    var energy, expansionSlope, coreSlope: Double
    var nearest: Int?
    var nearestSlope = 0.0
  }

  private func blend(_ center: Int, _ environment: PlainEnvironment, expansion: Double) -> Blend {
    let core = environment.bonds.reduce(0) { $0 + $1.radial.core.value }
    if model.innerCutoff == .zbl { return zblBlend(environment, expansion, core) }
    let basis = model.centers[center]
    let cutoff = PlainRadialFunctions.cutoff(Dual(core, 1), radius: basis.coreCutoff, width: basis.coreCutoffWidth)
    return Blend(
      energy: cutoff.value * expansion + core, expansionSlope: cutoff.value, coreSlope: 1 + expansion * cutoff.derivative)
  }

  private func zblBlend(_ environment: PlainEnvironment, _ expansion: Double, _ core: Double) -> Blend {
    var nearest: Int?, smallest = model.maximumCutoff
    for (j, bond) in environment.bonds.enumerated() where bond.distance < bond.basis.cutoff {
      let margin = bond.distance - (bond.basis.innerRadius - bond.basis.innerWidth)
      if margin < smallest { (nearest, smallest) = (j, margin) }
    }
    guard let nearest else { return Blend(energy: expansion, expansionSlope: 1, coreSlope: 0) }
    let width = environment.bonds[nearest].basis.innerWidth
    let f = PlainRadialFunctions.cutoff(Dual(width - smallest, -1), radius: width, width: width)
    return Blend(
      energy: f.value * expansion + (1 - f.value) * core, expansionSlope: f.value, coreSlope: 1 - f.value,
      nearest: nearest, nearestSlope: (expansion - core) * f.derivative)
  }
}
