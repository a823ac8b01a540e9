import Atomistics
import Communication
import Decomposition
import Diagnostics
import Dynamics
import Numerics
import PairPotentials
import PotentialKit
import Testing

@Suite(.serialized) struct MinimizerTests {
  /// The icosahedron of 13 atoms has −44.326801 ε (J. A. Northby, J. Chem. Phys. 87, 6166 (1987)).
  @Test func thirteenAtomsBecomeAnIcosahedron() throws {
    let golden = (1 + 5.0.squareRoot()) / 2
    var positions: [Vector3] = [.zero]
    for a in [-1.0, 1.0] {
      for b in [-golden, golden] { positions += [Vector3(0, a, b), Vector3(a, b, 0), Vector3(b, 0, a)] }
    }
    let random = CounterRandom(.test, seed: 5)
    positions = positions.enumerated().map { 0.62 * sigma * $1 + 0.1 * random.normals(step: 0, id: UInt64($0)) }
    let system = try makeSystem(
      cell: .none, positions: positions, potential: lennardJones(cutoff: 100, truncation: .cut))
    var minimizer = FIRE()
    var steps = 0
    while FIRE.largestForce(system) > 1e-7, steps < 3000 {
      _ = try minimizer.advance(system, flag: false)
      steps += 1
    }
    #expect(steps < 1500)
    #expect(abs(Thermodynamics(of: system, atRest: true).potential / epsilon + 44.326801) < 1e-5)
  }

  @Test func noAtomMovesFartherThanAllowed() throws {
    let system = try makeSystem(
      cell: .none, positions: [[0, 0, 0], [2.2, 0, 0]], potential: lennardJones(cutoff: 12, truncation: .shift))
    var minimizer = FIRE(maximumDisplacement: 0.05)
    var previous = system.domain.records()
    for _ in 0..<50 {
      _ = try minimizer.advance(system, flag: false)
      let now = system.domain.records()
      for (a, b) in zip(previous.sorted { $0.id < $1.id }, now.sorted { $0.id < $1.id }) {
        #expect((a.position - b.position).length < 0.05 + 1e-9)
      }
      previous = now
    }
  }
}
