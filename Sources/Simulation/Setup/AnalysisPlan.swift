import Analysis
import Atomistics
import Diagnostics
import Dynamics

/// An `[[analysis]]` settled for a system.
struct AnalysisPlan {
  let input: AnalysisInput
  /// Indices of the stages whose frames count.
  let stages: Set<Int>
  /// How many frames there will be, if nothing ends a stage early; error bars take blocks of them.
  let frameCount: Int
  /// Of the atoms, in the order of ids.
  let elements: [Element]

  func isDue(at step: Int, stage: Int) -> Bool { step % input.every == 0 && stages.contains(stage) }

  /// What a change of would make what was counted meaningless.
  var parameters: String {
    AnalysisInput.schema.entries(input).map { "\($0.key) = \($0.literal)" }.joined(separator: "\n")
  }

  /// - Parameter frameCount: that of the checkpoint where there is one: a run that was prolonged keeps its blocks.
  func start(frameCount: Int) throws -> any RunningAnalysis {
    do {
      switch input.kind {
      case .radialDistribution(let table): return try table.start(elements: elements, frameCount: frameCount)
      }
    } catch var failure as Failure where failure.place == nil {
      failure.place = input.place
      throw failure
    }
  }
}

extension RadialDistributionInput {
  fileprivate func start(elements: [Element], frameCount: Int) throws -> any RunningAnalysis {
    var species: [Element] = []
    for element in elements where !species.contains(element) { species.append(element) }
    let pairs = pairs?.value ?? SpeciesPair.all(of: species)
    for element in pairs.flatMap({ [$0.center, $0.neighbor] }) where !species.contains(element) {
      throw Failure.input(
        "there is no \(element.symbol) in the structure", at: self.pairs?.place,
        remedy: "it has " + species.map(\.symbol).joined(separator: ", "))
    }
    let blocks = FrameBlocks(frameCount: frameCount, count: blocks)
    return try EstimatorAnalysis(
      make: { [radius, bins] in
        try RadialDistributionEstimator(pairs, elements: elements, radius: radius, binCount: bins, blocks: blocks)
      },
      report: { [cutoff, species] estimator, facts in
        RadialDistributionReport(
          estimator, facts: facts, species: species, atomCount: elements.count, cutoff: cutoff)
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
    return try analyses.map { analysis in
      let names = analysis.stages.map { Set($0.value) }
      let chosen = stages.indices.filter { index in
        guard case .dynamics = stages[index].kind else { return false }
        return names?.contains(stages[index].originalName) ?? true
      }
      guard !chosen.isEmpty else {
        throw Failure.input(
          "atoms move in no stage that is to be analyzed", at: analysis.stages?.place ?? analysis.place,
          remedy: "name a stage of kind \"md\"")
      }
      let steps = chosen.reduce(0) { sum, index in
        guard case .dynamics(let table) = stages[index].kind else { return sum }
        return sum + (table.stepCount ?? 0)
      }
      let plan = AnalysisPlan(
        input: analysis, stages: Set(chosen), frameCount: max(1, steps / analysis.every), elements: elements)
      _ = try plan.start(frameCount: plan.frameCount)
      return plan
    }
  }
}
