import Atomistics
import Diagnostics
import Dynamics

extension Run {
  /// What the log begins with: the program, the atoms, and which species each potential takes them for.
  var heading: String {
    let cell = system.domain.cell
    var lines = [
      "swmd \(programVersion), \(communicator.size) rank\(communicator.size == 1 ? "" : "s"), input \(input.path)",
      "structure \(input.system.structure.value): \(system.atomCount) atoms, "
        + system.kinds.map { "\($0.element) (\($0.mass) amu)" }.joined(separator: ", "),
      "cell " + (0..<3).map { axis in
        "\("abc".map(String.init)[axis]) = [\((0..<3).map { decimal(cell.vectors[axis][$0], 4) }.joined(separator: ", "))]"
          + (cell.periodic[axis] ? "" : " open")
      }.joined(separator: "  "),
    ]
    for potential in system.forceField.potentials {
      let summary = potential.summary
      lines.append("potential \(summary.family)" + (summary.file.map { " \($0)" } ?? "") + ", cutoff \(potential.cutoff) Å")
      lines += summary.details.map { "  \($0)" }
      if !summary.elements.isEmpty {
        let map = summary.elements.enumerated().map { "type \($0) = \($1)" }.joined(separator: ", ")
        lines.append("  species: \(map)")
      }
    }
    lines.append("neighbors: cutoff \(system.domain.cutoff) Å, skin \(system.domain.skin) Å")
    if let restart {
      lines += restart.warnings.map { "warning: \($0)" }
      lines.append("restarted from the checkpoint of step \(restart.step)")
      if hasNewPotentials { lines.append("the potential is another one than at the checkpoint: the drift counts from here") }
    }
    return lines.joined(separator: "\n")
  }

  /// What `swmd check` prints: the input as it was understood, the system, and what a run will cost here. Collective.
  public func checkReport() throws -> String {
    // The first evaluation touched its memory for the first time; the next ones are typical.
    let repeats = 3, start = monotonicSeconds()
    for _ in 0..<repeats { try system.computeForces() }
    let perStep = communicator.max((monotonicSeconds() - start) / Double(repeats))
    let memory = communicator.sum(peakResidentBytes())
    let costs = try input.stages.indices.map { index in try cost(stage: index, perStep: perStep) }
    return """
      \(heading)

      \(input.describe())
      one force evaluation takes \(decimal(1000 * perStep, 2)) ms on \(communicator.size) \
      rank\(communicator.size == 1 ? "" : "s") of this machine \
      (\(decimal(1e6 * perStep / Double(system.atomCount), 3)) µs an atom)
      \(costs.joined(separator: "\n"))
      memory so far \(decimal(Double(memory) / 1e6, 1)) MB on all ranks
      \(input.path) is correct
      """
  }

  /// What a stage will take, for `checkReport`. Collective.
  private func cost(stage index: Int, perStep: Double) throws -> String {
    let process = try input.makeProcess(stage: index, system: system)
    defer { _ = try? process.end() }
    let name = input.stages[index].name
    let what = "  stage \(name): \(process.summary)"
    guard let steps = process.stepLimit else { return what }
    let bound = process.conservedEnergy == nil ? "at most " : ""
    return what + "\n    \(bound)\(steps) steps, \(bound)about \(HumanDuration.text(Double(steps) * perStep))"
  }
}
