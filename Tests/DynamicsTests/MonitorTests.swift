import Atomistics
import Dynamics
import Numerics
import Testing

@Suite(.serialized) struct MonitorTests {
  @Test func boundsAreStrictAndANumberThatIsNoneCrossesThem() {
    let bounds = MonitorBounds(above: 2, below: -2, breakAbove: 3, breakBelow: -3)
    #expect(bounds.verdict(on: 2) == .fine && bounds.verdict(on: -2) == .fine)
    #expect(bounds.verdict(on: 2.5) == .warns(bound: 2, isAbove: true))
    #expect(bounds.verdict(on: -2.5) == .warns(bound: -2, isAbove: false))
    #expect(bounds.verdict(on: 3) == .warns(bound: 2, isAbove: true))
    #expect(bounds.verdict(on: 3.5) == .breaks(bound: 3, isAbove: true))
    #expect(bounds.verdict(on: -.infinity) == .breaks(bound: -3, isAbove: false))
    #expect(bounds.verdict(on: .nan) == .breaks(bound: 3, isAbove: true))
    #expect(MonitorBounds().verdict(on: .nan) == .fine)
  }

  /// Against all pairs with their nearest images; one atom stands alone in the middle of a cavity.
  @Test func contactsAreThoseOfAllPairs() throws {
    var (cell, positions) = crystal(4)
    positions = positions.enumerated().map { $1 + 0.02 * Vector3(Double($0 % 7), Double($0 % 5), Double($0 % 3)) }
    let center = 10.8 * Vector3(1, 1, 1)
    positions = positions.filter { position in
      let d = position - center
      return (d * d).sum() > 7 * 7
    } + [center]
    let system = try makeSystem(cell: cell, positions: positions, potential: lennardJones(cutoff: 6.0, truncation: .smooth))
    var shortest = Double.infinity, pair: (Int64, Int64) = (0, 0)
    for i in positions.indices {
      for j in 0..<i {
        var d = positions[i] - positions[j]
        d -= 21.6 * (d / 21.6).rounded(.toNearestOrEven)
        let distance = (d * d).sum().squareRoot()
        if distance < shortest - 1e-12 { (shortest, pair) = (distance, (Int64(j + 1), Int64(i + 1))) }
      }
    }
    let contacts = Contacts(of: system)
    #expect(abs(try #require(contacts.shortest) - shortest) < 1e-12)
    let found = try #require(contacts.shortest.map { _ in contacts.pair })
    let d0 = positions[Int(found.0) - 1] - positions[Int(found.1) - 1], d = d0 - 21.6 * (d0 / 21.6).rounded(.toNearestOrEven)
    #expect(abs((d * d).sum().squareRoot() - shortest) < 1e-12, "\(found) instead of \(pair)")
    #expect(contacts.loneCount == 1 && contacts.loneAtom == Int64(positions.count))
  }

  @Test func aBrokenNumberIsFound() throws {
    let system = try hotCrystal(temperature: 50)
    #expect(system.brokenAtom() == nil)
    let atoms = system.domain.atoms
    atoms.velocity[100].y = .infinity
    #expect(system.brokenAtom() == atoms.id[100])
    atoms.velocity[100].y = 0
    atoms.force[7].z = .nan
    #expect(system.brokenAtom() == atoms.id[7])
    atoms.force[7] = .zero
    atoms.force[9] = SIMD4(3, 4, 0, 0)
    #expect(system.mostPulledAtom().force == 5 && system.mostPulledAtom().atom == atoms.id[9])
  }

  /// A copy of the state stays what it was while the atoms move, change their order and their neighbors.
  @Test func aSnapshotKeepsTheState() throws {
    let system = try hotCrystal(temperature: 120), md = try constantEnergy(system, timestep: 4)
    var snapshot = StateSnapshot(of: system)
    snapshot.take(system, fields: [])
    let before = system.domain.gatherToRoot(system.domain.records())
    for _ in 0..<200 { _ = try md.advance(flag: false, onlyForces: true) }
    #expect(system.domain.statistics.rebuildCount > 1)
    let kept = try #require(snapshot.gathered(system.domain.communicator))
    #expect(kept.records.map(\.id) == before.map(\.id))
    #expect(kept.records.map(\.position) == before.map(\.position) && kept.records.map(\.velocity) == before.map(\.velocity))
    #expect(kept.grades == nil && snapshot.step == 0)
    snapshot.take(system, fields: [])
    #expect(snapshot.gathered(system.domain.communicator)?.records.map(\.position) != before.map(\.position))
    #expect(snapshot.step == 200)
  }
}
