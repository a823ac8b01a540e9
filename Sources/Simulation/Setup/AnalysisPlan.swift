import Analysis
import Atomistics
import Diagnostics
import Dynamics

/// An `[[analysis]]` settled for a system.
struct AnalysisPlan {
  let input: AnalysisInput
  /// Indices of the stages whose frames count.
  let stages: Set<Int>
  /// Frames of a block of time.
  let blockLength: Int
  let atoms: AnalyzedAtoms

  func isDue(at step: Int, stage: Int) -> Bool { step % input.every == 0 && stages.contains(stage) }

  /// What makes earlier counts meaningless if it changes.
  var parameters: String {
    AnalysisInput.schema.entries(input).map { "\($0.key) = \($0.literal)" }.joined(separator: "\n")
  }

  /// - Parameter blockLength: that of the checkpoint where there is one: a run that was prolonged keeps its blocks.
  func start(blockLength: Int) throws -> any RunningAnalysis {
    do {
      switch input.kind {
      case .radialDistribution(let table): return try table.start(atoms, blockLength)
      case .coordination(let table): return try table.start(atoms, blockLength)
      case .profile(let table): return try table.start(atoms, blockLength)
      }
    } catch var failure as Failure where failure.place == nil {
      failure.place = input.place
      throw failure
    }
  }
}

/// The atoms of a run, in the order of ids.
struct AnalyzedAtoms {
  let elements: [Element]
  /// amu.
  let masses: [Double]
  /// The elements that occur, in the order of their first atoms.
  let species: [Element]
  let hasCell: Bool

  func require(_ wanted: [Element], at place: Place?) throws {
    if let missing = wanted.first(where: { !species.contains($0) }) {
      throw Failure.input(
        "there is no \(missing.symbol) in the structure", at: place,
        remedy: "it has " + species.map(\.symbol).joined(separator: ", "))
    }
  }

  func requireCell(for what: String) throws {
    guard hasCell else { throw Failure.input("the structure has no cell, which \(what) needs", remedy: "give it one") }
  }
}

extension RadialDistributionInput {
  fileprivate func start(_ atoms: AnalyzedAtoms, _ blockLength: Int) throws -> any RunningAnalysis {
    let chosen = pairs?.value ?? SpeciesPair.all(of: atoms.species)
    try atoms.require(chosen.flatMap { [$0.center, $0.neighbor] }, at: pairs?.place)
    try atoms.requireCell(for: "a density to relate g(r) to")
    return try EstimatorAnalysis(
      blockLength: blockLength,
      make: { [radius, bins] in
        try RadialDistributionEstimator(chosen, elements: atoms.elements, radius: radius, binCount: bins, blocks: $0)
      },
      report: { [cutoff] in
        RadialDistributionReport(
          $0, facts: $1, species: atoms.species, atomCount: atoms.elements.count, cutoff: cutoff)
      })
  }
}

extension CoordinationInput {
  fileprivate func start(_ atoms: AnalyzedAtoms, _ blockLength: Int) throws -> any RunningAnalysis {
    try atoms.require(pairs.value.flatMap { [$0.pair.center, $0.pair.neighbor] }, at: pairs.place)
    let slabs = try axis.map { try Slabs(axis: $0.rawValue, count: bins) }
    if slabs != nil { try atoms.requireCell(for: "a map over slabs") }
    return try EstimatorAnalysis(
      blockLength: blockLength,
      make: { [pairs] in CoordinationEstimator(pairs.value, elements: atoms.elements, blocks: $0, slabs: slabs) },
      report: { CoordinationReport($0, facts: $1) })
  }
}

extension ProfileInput {
  fileprivate func start(_ atoms: AnalyzedAtoms, _ blockLength: Int) throws -> any RunningAnalysis {
    let slabs = try Slabs(axis: axis.rawValue, count: bins)
    try atoms.requireCell(for: "a profile")
    if let charges, let missing = atoms.species.first(where: { charges.value[$0] == nil }) {
      throw Failure.input(
        "there is no charge for \(missing.symbol)", at: charges.place, remedy: "give one for each species")
    }
    return try EstimatorAnalysis(
      blockLength: blockLength,
      make: { DensityProfileEstimator(slabs, species: atoms.species, elements: atoms.elements, blocks: $0) },
      report: { [charges] in
        DensityProfileReport($0, charges: charges?.value, facts: $1, elements: atoms.elements, masses: atoms.masses)
      })
  }
}

extension SimulationInput {
  /// Collective.
  /// - Throws: `Failure.input` at the place of an analysis that this system cannot have.
  func analysisPlans(for system: SystemState) throws -> [AnalysisPlan] {
    guard !analyses.isEmpty else { return [] }
    let domain = system.domain
    let kinds = domain.communicator.broadcast(domain.gatherToRoot(UnsafePointer(domain.atoms.kind)))
    let elements = kinds.map { system.kinds[Int($0)].element }
    var species: [Element] = []
    for element in elements where !species.contains(element) { species.append(element) }
    let atoms = AnalyzedAtoms(
      elements: elements, masses: kinds.map { system.kinds[Int($0)].mass }, species: species,
      hasCell: domain.cell.volume > 0)
    return try analyses.map { analysis in
      let stages = try analyzedStages(analysis)
      let frameCount = stages.reduce(0) { $0 + (steps(ofStage: $1) ?? 0) } / analysis.every + 1
      let plan = AnalysisPlan(
        input: analysis, stages: Set(stages), blockLength: analysis.block ?? (frameCount + 9) / 10, atoms: atoms)
      _ = try plan.start(blockLength: plan.blockLength)
      return plan
    }
  }

  private func analyzedStages(_ analysis: AnalysisInput) throws -> [Int] {
    let chosen = stages.indices.filter { index in
      guard case .dynamics = stages[index].kind else { return false }
      return analysis.stages?.value.contains(stages[index].originalName) ?? true
    }
    guard !chosen.isEmpty else {
      throw Failure.input(
        "atoms move in no stage that is to be analyzed", at: analysis.stages?.place ?? analysis.place,
        remedy: "name a stage of kind \"md\"")
    }
    return chosen
  }

  /// nil where a condition ends it.
  private func steps(ofStage index: Int) -> Int? {
    guard case .dynamics(let table) = stages[index].kind else { return nil }
    return table.stepCount
  }
}
