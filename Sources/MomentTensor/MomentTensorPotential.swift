import Atomistics
import Diagnostics
import MomentTensorFiles
import Numerics
import PotentialKit

/// A moment tensor potential: E_i = e0 + Σ_s xi_s B_s, B_s contractions of moment tensors of the neighbors.
///
/// A. V. Shapeev, Multiscale Model. Simul. 14, 1153 (2016), doi:10.1137/15M1054183; files of MLIP-2 and MLIP-3 (I. S. Novikov
/// et al., Mach. Learn.: Sci. Technol. 2, 025002 (2021); E. Podryabinkin et al., J. Chem. Phys. 159, 084112 (2023)).
public final class MomentTensorPotential: Potential {
  public enum Precision: Sendable {
    /// Everything in double precision.
    case double
    /// Sweeps over neighbors in single precision, everything else (sums over lanes, graph, energies, forces) in double.
    case mixed
  }

  public let summary: PotentialSummary
  public let cutoff: Double
  public let addsForcesToGhosts = true
  public var hasActiveSet: Bool { activeSet != nil }
  public let givesVirials = true

  /// In the order of the file's types.
  public let species: [Element]
  public let activeSet: MomentTensorActiveSet?

  private enum Backend {
    case double(MomentTensorEvaluator<Double8>, ParameterRows<Double8>?)
    case mixed(MomentTensorEvaluator<Single16>, ParameterRows<Single16>?)
  }

  private let path: String
  let file: MomentTensorFile
  private let backend: Backend
  /// The potential's species of each of the engine's kinds; empty until bound.
  private(set) var speciesOfKind: [Int] = []
  /// Made where rows are asked for, in double precision whatever the forces'.
  lazy var rowEvaluation = RowEvaluation(file)
  /// Σ b_i of the last evaluation that was asked for it.
  private var rowSum: [Double] = []

  /// - Parameters:
  ///   - path: a `.mtp` or `.almtp` file; a selection state behind its text is the active set.
  ///   - species: the element of each of the file's types, in the file's order: the file names none.
  ///   - activeSet: another file with the selection state (MLIP-2's `.als` or `.mvs`, or an `.almtp`).
  /// - Throws: `Failure.input` where a file cannot be read or does not make sense, or where `species` does not fit.
  public convenience init(
    file path: String, species: [Element]?, activeSet activePath: String? = nil, precision: Precision = .double
  ) throws {
    let bytes = try MomentTensorFile.bytes(of: path)
    let file = try MomentTensorFile(bytes: bytes, file: path)
    let activeSet = try Self.activeSet(of: file, bytes, path, activePath)
    try self.init(file, activeSet: activeSet, path: path, species: species, precision: precision)
  }

  /// - Parameter path: where `file` comes from, for messages.
  /// - Throws: `Failure.input` where the potential is untrained or not consistent, or where `species` does not fit.
  public init(
    _ file: MomentTensorFile, activeSet: MomentTensorActiveSet? = nil, path: String, species: [Element]?,
    precision: Precision = .double
  ) throws {
    try file.validate { _ in Place(file: path) }
    guard file.isTrained else {
      throw Failure.input(
        "the potential is untrained: it has no coefficients", at: Place(file: path), remedy: "train it first")
    }
    guard activeSet.map({ $0.count == file.parameterCount }) ?? true else {
      throw Failure.input(
        "the active set has another number of parameters than the potential", at: Place(file: path),
        remedy: "select the active set again with this potential")
    }
    self.path = path
    self.file = file
    self.activeSet = activeSet
    self.species = try Self.check(species, for: file, path)
    cutoff = file.maximumDistance
    backend = Self.backend(file, activeSet, precision)
    summary = PotentialSummary(
      family: "MTP", file: path, elements: self.species, details: Self.details(file, activeSet, precision))
  }

  public func bind(elements: [Element]) throws {
    speciesOfKind = try elements.map { element in
      guard let index = species.firstIndex(of: element) else {
        throw Failure.input(
          "the structure has \(element) but the potential knows only \(species.map(\.symbol).joined(separator: ", "))",
          at: Place(file: path), remedy: "use a potential for \(element), or correct species")
      }
      return index
    }
  }

  public func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    var wantsGrades = false
    if case .neighborhood = activeSet?.mode { wantsGrades = output.grades != nil }
    run(atoms, neighbors, output, wantsRows: wantsGrades, grades: output.grades)
  }

  private func run(
    _ atoms: AtomStore, _ neighbors: NeighborList, _ output: ForceOutput, wantsRows: Bool,
    grades: UnsafeMutablePointer<Double>?
  ) {
    switch backend {
    case .double(let evaluator, let rows):
      if wantsRows { rows?.begin(grades: grades) }
      evaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, rows: wantsRows ? rows : nil)
      if wantsRows { rowSum = rows?.total ?? [] }
    case .mixed(let evaluator, let rows):
      if wantsRows { rows?.begin(grades: grades) }
      evaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, rows: wantsRows ? rows : nil)
      if wantsRows { rowSum = rows?.total ?? [] }
    }
  }
}

extension MomentTensorPotential {
  /// Evaluates as `evaluate` does and returns this rank's Σ_i dE_i/dtheta, in MLIP's order of parameters; nil without an active set.
  ///
  /// For an active set of configurations: the engine adds these sums over ranks and hands the total to `configurationGrade`.
  public func evaluateWithRowSum(_ atoms: AtomStore, _ neighbors: NeighborList, into output: ForceOutput) -> [Double]? {
    guard activeSet != nil else { return nil }
    run(atoms, neighbors, output, wantsRows: true, grades: nil)
    return rowSum
  }

  /// The extrapolation grade of a configuration of `atomCount` atoms from Σ_i dE_i/dtheta over all ranks; nil where the active
  /// set is not one of configurations.
  public func configurationGrade(rowSum: [Double], atomCount: Int) -> Double? {
    guard let activeSet, case .configuration(let weight, let power) = activeSet.mode, rowSum.count == activeSet.count else {
      return nil
    }
    let scale = weight * MomentTensorActiveSet.sizeFactor(atomCount: atomCount, power: power)
    let n = activeSet.count
    return (0..<n).reduce(0) { largest, row in
      let product = (0..<n).reduce(0) { $0 + activeSet.inverseTransposed[row * n + $1] * rowSum[$1] }
      return max(largest, abs(scale * product))
    }
  }
}

extension MomentTensorPotential {
  private static func check(_ species: [Element]?, for file: MomentTensorFile, _ path: String) throws -> [Element] {
    let types = file.labels.map(String.init).joined(separator: ", ")
    guard let species, !species.isEmpty else {
      throw Failure.input(
        "the potential's file names no elements, only the types \(types)", at: Place(file: path),
        remedy: "give species in the order of the types, for example species = [\"Li\", \"S\"] or --species Li,S")
    }
    guard species.count == file.speciesCount else {
      throw Failure.input(
        "species has \(species.count) elements but the potential has \(file.speciesCount) types (\(types))",
        at: Place(file: path), remedy: "give one element for each type, in their order")
    }
    guard Set(species).count == species.count else {
      throw Failure.input("species names an element twice", at: Place(file: path), remedy: "give each type its own element")
    }
    return species
  }

  /// The state behind the potential's own text, or the one in another file, whose potential must be this one.
  private static func activeSet(
    of file: MomentTensorFile, _ bytes: [UInt8], _ path: String, _ activePath: String?
  ) throws -> MomentTensorActiveSet? {
    guard let activePath else {
      return try MomentTensorActiveSet(bytes: bytes, count: file.parameterCount, file: path)
    }
    let other = try MomentTensorFile.bytes(of: activePath)
    let owner = try MomentTensorFile(bytes: other, file: activePath)
    guard owner.hasSameParameters(as: file) else {
      throw Failure.input(
        "the active set belongs to another potential than \(path)", at: Place(file: activePath),
        remedy: "select the active set again with this potential: grades depend on its coefficients")
    }
    guard let state = try MomentTensorActiveSet(bytes: other, count: file.parameterCount, file: activePath) else {
      throw Failure.input(
        "the file has no active set", at: Place(file: activePath), remedy: "give an .almtp, .als or .mvs file that has one")
    }
    return state
  }

  private static func backend(
    _ file: MomentTensorFile, _ active: MomentTensorActiveSet?, _ precision: Precision
  ) -> Backend {
    let graph = ContractionGraph(file)
    let form = EnergyForm(graph, coefficients: file.momentCoefficients), program = GraphProgram(energy: form)
    switch precision {
    case .double: return .double(.init(file, graph, program), active.map { ParameterRows(file, form, $0) })
    case .mixed: return .mixed(.init(file, graph, program), active.map { ParameterRows(file, form, $0) })
    }
  }

  private static func details(
    _ file: MomentTensorFile, _ active: MomentTensorActiveSet?, _ precision: Precision
  ) -> [String] {
    let level = file.level.map { "level \($0), " } ?? ""
    var lines = [
      level + "\(file.scalars.count) scalars, \(file.parameterCount) parameters",
      "cutoff \(file.maximumDistance) Å, fitted down to \(file.minimumDistance) Å",
      precision == .double ? "double precision" : "mixed precision",
    ]
    if let active {
      lines.append(active.mode == .neighborhood ? "active set of neighborhoods" : "active set of configurations")
    }
    return lines
  }
}
