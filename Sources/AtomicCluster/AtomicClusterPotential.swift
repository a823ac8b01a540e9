import Atomistics
import AtomicClusterFiles
import Diagnostics
import Numerics
import PotentialKit

/// An atomic cluster expansion: E_i = f_cut Σ_p w_p F(ρ_p) + ρ_core + E0, ρ_p sums of products of one-particle functions.
///
/// R. Drautz, Phys. Rev. B 99, 014104 (2019), doi:10.1103/PhysRevB.99.014104; files of pacemaker, ML-PACE, ACEpotentials.jl
/// and GRACE/FS (Y. Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021); A. Bochkarev et al., Phys. Rev. X 14, 021036
/// (2024)).
public final class AtomicClusterPotential: Potential {
  public enum Precision: Sendable {
    /// Everything in double precision.
    case double
    /// Sweeps over neighbors in single precision, everything else (tables, products, energies, forces) in double.
    case mixed
  }

  public enum RadialEvaluation: Sendable {
    /// Splines with the bins of the format: what the potential was fitted with. Differs from `exact` by about 1e-9.
    case table
    /// The functions themselves; tens of times slower.
    case exact
  }

  public let summary: PotentialSummary
  public let cutoff: Double
  public let addsForcesToGhosts = true
  public var hasActiveSet: Bool { rows != nil }
  public let givesVirials = true

  /// In the order of the file.
  public let species: [Element]

  private enum Backend {
    case double(ClusterEvaluator<Double8>)
    case mixed(ClusterEvaluator<Single8>)
  }

  let path: String
  let model: ClusterModel
  let activeSet: ClusterActiveSet?
  let isExact: Bool
  private let backend: Backend
  private let rows: GradeRows?
  /// The potential's species of each of the engine's kinds; empty until bound.
  private(set) var speciesOfKind: [Int] = []
  /// What computes rows whether or not there is an active set to grade them by.
  private(set) lazy var rowEvaluator: ClusterEvaluator<Double8> = makeRowEvaluator()

  /// - Parameters:
  ///   - path: a `.yace`, `.yaml` or `.ace` file.
  ///   - species: elements that must be the file's own, or nil.
  ///   - activeSet: an `.asi` file made with this potential; the potential must be one with a B basis (`.yaml`).
  /// - Throws: `Failure.input` where a file cannot be read or does not make sense, or where the files do not fit together.
  public convenience init(
    file path: String, species: [Element]? = nil, activeSet activePath: String? = nil, precision: Precision = .double,
    radial: RadialEvaluation = .table
  ) throws {
    let model = try ClusterFile.read(path: path, species: species)
    let activeSet = try activePath.map { try ActiveSetFile.read(path: $0, model: model) }
    self.init(model, activeSet: activeSet, path: path, precision: precision, radial: radial)
  }

  /// - Parameters:
  ///   - model: a valid one, as the readers give it.
  ///   - activeSet: one that belongs to `model`, or nil.
  ///   - path: where `model` comes from, for messages.
  public init(
    _ model: ClusterModel, activeSet: ClusterActiveSet? = nil, path: String, precision: Precision = .double,
    radial: RadialEvaluation = .table
  ) {
    self.path = path
    self.model = model
    self.activeSet = activeSet
    isExact = radial == .exact
    species = model.elements
    let centers = Self.centers(model, withInvariants: activeSet != nil)
    let cutoff = centers.flatMap(\.bonds).map(\.table.cutoff).max() ?? 0
    self.cutoff = cutoff
    switch precision {
    case .double:
      backend = .double(ClusterEvaluator(centers, innerCutoff: model.innerCutoff, cutoff: cutoff, isExact: isExact))
    case .mixed:
      backend = .mixed(ClusterEvaluator(centers, innerCutoff: model.innerCutoff, cutoff: cutoff, isExact: isExact))
    }
    rows = activeSet.map { GradeRows(model, kind: $0.kind, $0) }
    summary = PotentialSummary(
      family: model.isGrace ? "GRACE/FS" : "ACE", file: path, elements: species,
      details: Self.details(model, centers, activeSet, precision, radial))
  }

  private static func centers(_ model: ClusterModel, withInvariants: Bool) -> [CenterKernel] {
    model.elements.indices.map { CenterKernel(model, center: $0, withInvariants: withInvariants) }
  }

  private func makeRowEvaluator() -> ClusterEvaluator<Double8> {
    if activeSet != nil, case .double(let evaluator) = backend { return evaluator }
    return ClusterEvaluator(
      Self.centers(model, withInvariants: true), innerCutoff: model.innerCutoff, cutoff: cutoff, isExact: isExact)
  }

  public func bind(elements: [Element]) throws {
    speciesOfKind = try elements.map { element in
      guard let index = species.firstIndex(of: element) else {
        throw Failure.input(
          "the structure has \(element) but the potential knows only \(species.map(\.symbol).joined(separator: ", "))",
          at: Place(file: path), remedy: "use a potential for \(element)")
      }
      return index
    }
  }

  public func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    let wanted = output.grades == nil ? nil : rows
    if let grades = output.grades { wanted?.begin(grades) }
    switch backend {
    case .double(let evaluator):
      try evaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, grades: wanted)
    case .mixed(let evaluator):
      try evaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, grades: wanted)
    }
  }

  private static func details(
    _ model: ClusterModel, _ centers: [CenterKernel], _ activeSet: ClusterActiveSet?, _ precision: Precision,
    _ radial: RadialEvaluation
  ) -> [String] {
    let counts = zip(model.elements, centers).map { element, center in
      "\(element) \(center.basis.functions.count) functions, \(center.basis.densityCount) densities"
    }
    let cutoff = centers.flatMap(\.bonds).map(\.table.cutoff).max() ?? 0
    var lines = counts + [
      "cutoff \(cutoff) Å, radial functions " + (radial == .table ? "from tables" : "evaluated directly"),
      precision == .double ? "double precision" : "mixed precision",
    ]
    if model.bonds.contains(where: { $0.radial == .chebLinear }) {
      lines.append("ChebLinear does not vanish at the cutoff: large forces within the last \(model.tableSpacing) Å of it")
    }
    if let activeSet { lines.append("active set, \(activeSet.kind.rawValue)") }
    return lines
  }
}
