import Atomistics
import MomentTensorFiles
import PotentialKit

/// Rows dE_i/dtheta of all parameters, in MLIP's order: one matrix for all species, which share the moments' coefficients.
extension MomentTensorPotential: ActiveSetPotential {
  public func activeSetBlocks(_ mode: ActiveSetMode) -> [ActiveSetBlock] {
    // MLIP-3's size of placeholders.
    [ActiveSetBlock(element: nil, width: file.parameterCount, placeholder: 1e-6)]
  }

  public func activeSetSuffix(_ mode: ActiveSetMode) -> String { "almtp" }

  public var activeSetModes: [ActiveSetMode] { [.neighborhood, .configuration] }

  public var activeSetMode: ActiveSetMode? {
    switch activeSet?.mode {
    case .neighborhood?: .neighborhood
    case .configuration?: .configuration
    case nil: nil
    }
  }

  public var activeSets: [ActiveSetMatrix]? {
    activeSet.map { set in
      let counts = set.atomCounts
      let origins = set.origins.map { origin in
        let configuration = Int(origin.x)
        guard counts.indices.contains(configuration) else { return ActiveSetOrigin(configuration: configuration, atom: nil) }
        return ActiveSetOrigin(configuration: configuration, equation: Int(origin.y), atomCount: counts[configuration])
      }
      return [
        ActiveSetMatrix(
          width: set.count, rows: set.rows, inverseTransposed: set.inverseTransposed, origins: origins)
      ]
    }
  }

  public var selectedConfigurations: [UInt8] { activeSet?.configurations ?? [] }

  public func configurationFactor(atomCount: Int) -> Double {
    guard case .configuration(let weight, let power)? = activeSet?.mode else { return 1 / Double(max(atomCount, 1)) }
    return weight * MomentTensorActiveSet.sizeFactor(atomCount: atomCount, power: power)
  }

  public var configurationLabels: [Int] { file.labels }

  public func forEachRowBatch(
    _ mode: ActiveSetMode, _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange,
    _ body: (ActiveSetRowBatch) -> Void
  ) throws {
    let (evaluator, rows) = (rowEvaluation.evaluator, rowEvaluation.rows)
    let forces = PerAtomBuffer<SIMD4<Double>>(), energies = PerAtomBuffer<Double>()
    forces.reserve(atoms.totalCount)
    energies.reserve(atoms.ownedCount)
    let output = ForceOutput(forces: forces.pointer, energies: energies.pointer, grades: nil)
    withoutActuallyEscaping(body) { body in
      rows.begin(handingRowsTo: body)
      evaluator.evaluate(atoms, neighbors, species: speciesOfKind, into: output, rows: rows)
      rows.end()
    }
  }

  /// The potential's text, and behind it the state.
  public func encode(
    _ sets: [ActiveSetMatrix], mode: ActiveSetMode, selected: SelectedConfigurations
  ) -> [UInt8] {
    let set = sets[0]
    let origins = set.origins.map { origin -> SIMD2<Int32> in
      guard origin != .placeholder else { return SIMD2(-1, -1) }
      return SIMD2(origin.configuration, Int32(origin.equation(atomCount: selected.atomCounts[Int(origin.configuration)])))
    }
    var kept = MomentTensorActiveSet.Mode.neighborhood
    if mode == .configuration {
      kept = .configuration(energyWeight: 1, scaling: 2)
      if case .configuration? = activeSet?.mode { kept = activeSet?.mode ?? kept }
    }
    let state = MomentTensorActiveSet(
      mode: kept, count: set.width, rows: set.rows, inverseTransposed: set.inverseTransposed, origins: origins,
      configurations: selected.text)
    return Array(file.text.utf8) + state.bytes
  }
}

extension MomentTensorPotential: ConfigurationGrading {
  public var gradesConfigurations: Bool { activeSetMode == .configuration }
}

/// What computes rows whether or not there is an active set to grade them by.
final class RowEvaluation {
  let evaluator: MomentTensorEvaluator<Double8>
  let rows: ParameterRows<Double8>

  init(_ file: MomentTensorFile) {
    let graph = ContractionGraph(file), form = EnergyForm(graph, coefficients: file.momentCoefficients)
    evaluator = MomentTensorEvaluator(file, graph, GraphProgram(energy: form))
    rows = ParameterRows(file, form, nil)
  }
}
