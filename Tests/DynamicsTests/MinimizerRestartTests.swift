import Atomistics
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import Testing

@Suite(.serialized) struct MinimizerRestartTests {
  /// From atoms, cell, state and fields in mid-run a minimization goes on with the same bits, across rebuilds, to the same
  /// last word.
  @Test(arguments: Algorithm.allCases, CellRelaxation.allCases)
  func aRestartRepeatsEveryBit(_ algorithm: Algorithm, _ cell: CellRelaxation) throws {
    let options = MinimizerOptions(forceTolerance: 1e-6, maximumSteps: 60, cell: cell, pressure: 1000, stressTolerance: 0.1)
    let whole = try strainedCrystal(3, by: Matrix3(rows: [1.04, 0.08, 0], [0, 1, 0], [0, 0, 0.98]), shakenBy: 0.4)
    let first = try algorithm.make(whole, options)
    try first.begin()
    var rebuilds = 0
    for _ in 0..<6 { _ = try first.advance(flag: false, onlyForces: false) }
    let part = try makeSystem(
      restoring: whole.domain, potential: whole.forceField.potentials[0], step: whole.step, time: whole.time)
    let second = try algorithm.make(part, options)
    for (old, new) in zip(first.fields, second.fields) {
      #expect(old.name == new.name)
      let values = whole.domain.gatherToRoot(old.field.pointer, width: old.field.width)
      part.domain.scatterFromRoot(values, width: new.field.width, to: new.field.pointer)
    }
    try second.restore(first.state)
    while true {
      let endings = (try first.ending(), try second.ending())
      #expect(endings.0 == endings.1)
      #expect(bits(whole) == bits(part))
      #expect(first.state == second.state)
      if endings.0 != nil || endings.1 != nil { break }
      rebuilds = whole.domain.statistics.rebuildCount
      _ = try first.advance(flag: false, onlyForces: false)
      _ = try second.advance(flag: false, onlyForces: false)
    }
    #expect(rebuilds > 1)
    #expect(first.stepsDone > 10)
  }

  private func bits(_ system: SystemState) -> [Double] {
    system.domain.cell.vectors.elements
      + system.domain.records().sorted { $0.id < $1.id }.flatMap { [$0.position.x, $0.position.y, $0.position.z] }
  }

  @Test func theStateOfAnotherMinimizerIsRefused() throws {
    let system = try strainedCrystal(3, by: .identity)
    let fire = try FIREMinimizer(system, options: MinimizerOptions())
    let lbfgs = try LBFGSMinimizer(system, options: MinimizerOptions())
    #expect(throws: Failure.self) { try lbfgs.restore(fire.state) }
    #expect(throws: Failure.self) { try fire.restore(lbfgs.state) }
  }
}
