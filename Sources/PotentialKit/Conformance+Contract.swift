import Numerics

/// What the `Potential` protocol asks beyond the physics.
extension ConformanceBench {
  mutating func checkContract() throws {
    requireFinite(reference)
    var shifted = try evaluate(configuration, initial: 0.75)
    shifted.energies = shifted.energies.map { $0 - 0.75 }
    shifted.forces = shifted.forces.map { $0 - 0.75 }
    shifted.virial = shifted.virial - Matrix3(elements: Array(repeating: 0.75, count: 9))
    requireEqual(.accumulation, "an output that was not zero before", shifted, reference)
    if !addsForcesToGhosts {
      require(.accumulation, "a ghost's force (eV/Å), which should be zero,", reference.largestGhostForce, within: 0)
    }
    requireEqual(.skin, "a neighbor list with a skin", try evaluate(configuration, skin: 1.3), reference)
    var lean = try evaluate(configuration, onlyForces: true)
    (lean.energies, lean.virial) = (reference.energies, reference.virial)
    requireSameBits(.onlyForces, "only forces asked for", lean, reference)
    try checkRepetition()
    try checkGrades()
  }

  private mutating func requireFinite(_ result: ReferenceResult) {
    let numbers = result.energies + result.forces.flatMap { [$0.x, $0.y, $0.z] } + result.virial.elements
    let bad = numbers.count { !$0.isFinite }
    require(.finiteResults, "the count of numbers that are not finite", Double(bad), within: 0)
    require(.finiteResults, "the fourth lane of a force", result.largestFourthLane, within: 0)
  }

  private mutating func checkRepetition() throws {
    // A larger system in between leaves whatever buffers a potential keeps in another state.
    _ = try evaluate(doubled(along: 0))
    requireSameBits(.repetition, "the second time", try evaluate(configuration), reference)
    requireSameBits(.repetition, "a new instance", try evaluateAnew(configuration), reference)
  }

  private mutating func checkGrades() throws {
    let graded = try evaluate(configuration, withGrades: true)
    requireSameBits(.grades, "grades asked for", graded, reference)
    let grades = graded.grades ?? []
    if hasActiveSet {
      let bad = grades.count { !($0.isFinite && $0 >= 0) }
      require(.grades, "the count of grades that are negative or not finite", Double(bad), within: 0)
    } else {
      let given = grades.count { $0 != 0 }
      require(.grades, "the count of grades without an active set", Double(given), within: 0)
    }
  }

  mutating func requireSameBits(
    _ check: ConformanceCheck, _ what: String, _ result: ReferenceResult, _ expected: ReferenceResult
  ) {
    var differing = zip(result.energies, expected.energies).count { $0.bitPattern != $1.bitPattern }
    differing += zip(result.forces, expected.forces).count { $0 != $1 }
    differing += zip(result.virial.elements, expected.virial.elements).count { $0.bitPattern != $1.bitPattern }
    require(check, "the count of numbers that differ with \(what)", Double(differing), within: 0)
  }
}
