import Atomistics
import Numerics
import PairPotentials
import PotentialKit
import Testing

/// A Morse potential with one thing wrong: each must be reported, and by the check that is made for it.
private final class BrokenPotential: Potential {
  enum Fault: CaseIterable {
    case none, forceSign, forceScale, noVirial, transposedVirial, notFinite, overwrites, forcesOnGhosts, usesSkin
    case remembers, fieldAlongX, originMatters, orderMatters, kindOrderMatters, ghostsIgnored, missesExchange
    case gradesChangeForces, gradesFromNowhere, nonadditive, leanForces
    case virialsChangeForces, lostShare, exchangedShares, sharesFromNowhere, overwrittenShares
  }

  let fault: Fault
  let base: any Potential
  var calls = 0
  var elements: [Element] = []

  init(_ fault: Fault) throws {
    self.fault = fault
    let entries = try pairs(["Li", "S"]) { Morse.Parameters(depth: 0.3 + $0, stiffness: 1.3, distance: 2.4) }
    base = try Morse.makePotential(pairs: entries, options: PairOptions(cutoff: 5, truncation: .smooth))
  }

  var summary: PotentialSummary { base.summary }
  var cutoff: Double { base.cutoff }
  var addsForcesToGhosts: Bool { false }
  var hasActiveSet: Bool { false }
  var givesVirials: Bool { fault != .sharesFromNowhere }

  func bind(elements: [Element]) throws {
    self.elements = elements
    try base.bind(elements: elements)
  }

  func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    calls += 1
    let owned = atoms.ownedCount
    let before = (0..<owned).map { (output.forces[$0], output.energies[$0]) }, virial = output.virial
    if fault == .overwrittenShares { output.virials?.update(repeating: 0, count: 9 * owned) }
    if fault == .overwrites { output.energies.update(repeating: 0, count: owned) }
    if fault == .missesExchange, owned > 0 {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: atoms.totalCount) { buffer in
        buffer.initialize(repeating: 0)
        if let start = buffer.baseAddress { halo.forward(start, width: 1) }
      }
    }
    try base.evaluate(atoms, neighbors, halo: halo, into: output)
    for i in 0..<owned {
      let (force, energy) = (output.forces[i] - before[i].0, output.energies[i] - before[i].1)
      switch fault {
      case .forceSign: output.forces[i] -= 2 * force
      case .forceScale: output.forces[i] += 1e-5 * force
      case .notFinite: output.energies[i] = .nan
      case .usesSkin: output.energies[i] += 1e-6 * Double(neighbors.offsets[i + 1] - neighbors.offsets[i])
      case .remembers: output.energies[i] += 1e-12 * Double(calls)
      case .fieldAlongX: output.forces[i].x += 1e-3
      case .originMatters: output.energies[i] += 1e-6 * atoms.position[i].x
      case .orderMatters: output.energies[i] += 1e-6 * Double(atoms.id[i])
      case .kindOrderMatters: output.energies[i] += 1e-6 * Double(atoms.kind[i])
      case .ghostsIgnored: output.energies[i] += 1e-6 * Double(atoms.ghostCount)
      case .gradesChangeForces where output.grades != nil: output.energies[i] = energy.nextUp + before[i].1
      case .gradesFromNowhere: output.grades?[i] = 1
      case .leanForces where output.needsOnlyForces: output.forces[i].x = output.forces[i].x.nextUp
      case .virialsChangeForces where output.virials != nil: output.forces[i].x = output.forces[i].x.nextUp
      case .lostShare: output.virials?[9 * i + 4] *= 1 - 1e-6
      // The sum stays what it is.
      case .exchangedShares where i + 1 < owned:
        output.virials?[9 * i] += 0.01
        output.virials?[9 * i + 9] -= 0.01
      case .nonadditive: output.energies[i] += 1e-6 * Double(owned)
      default: break
      }
    }
    if fault == .forcesOnGhosts, atoms.ghostCount > 0 { output.forces[owned].x += 1 }
    if fault == .noVirial { output.virial = virial }
    if fault == .transposedVirial { output.virial[0, 1] += 1e-3 }
  }
}

@Suite struct BrokenPotentialTests {
  private func checks(_ fault: BrokenPotential.Fault) throws -> Set<ConformanceCheck> {
    let samples = conformanceSamples(elements: [try element("Li"), try element("S")], spacing: 2.7)
    return Set(try checkConformance(on: samples) { try BrokenPotential(fault) }.map(\.check))
  }

  @Test func soundPotentialPasses() throws { #expect(try checks(.none).isEmpty) }

  @Test(arguments: [
    (BrokenPotential.Fault.forceSign, ConformanceCheck.forces), (.forceScale, .forces), (.noVirial, .virial),
    (.transposedVirial, .virial), (.notFinite, .finiteResults), (.overwrites, .accumulation),
    (.forcesOnGhosts, .accumulation), (.usesSkin, .skin), (.remembers, .repetition), (.fieldAlongX, .translation),
    (.originMatters, .translation), (.orderMatters, .permutation), (.kindOrderMatters, .permutation),
    (.ghostsIgnored, .ranks), (.missesExchange, .emptyRank), (.gradesChangeForces, .grades),
    (.gradesFromNowhere, .grades), (.nonadditive, .additivity),
    (.leanForces, .onlyForces), (.virialsChangeForces, .virialShares), (.lostShare, .virialShares),
    (.exchangedShares, .virialOfCenters), (.sharesFromNowhere, .virialShares), (.overwrittenShares, .virialShares),
  ])
  private func faultIsReported(_ fault: BrokenPotential.Fault, by check: ConformanceCheck) throws {
    #expect(try checks(fault).contains(check))
  }
}
