import Analysis
import Atomistics
import Communication
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport

/// Fluxes, hops, van Hove functions, fronts and similarities do not depend on the number of ranks.
func checkFluxAnalyses(_ world: Communicator) throws {
  let name = "swmd-flux-\(ProcessInfo.processInfo.processIdentifier).extxyz"
  let path = String(
    decoding: world.broadcast(Array(FileManager.default.temporaryDirectory.appending(path: name).path.utf8)), as: UTF8.self)
  defer { if world.isRoot { try? FileManager.default.removeItem(atPath: path) } }
  try world.onRoot { try writeStructures(hoppingAtoms(), to: path) }
  let shared = try Trajectory(path: path, communicator: world), alone = try Trajectory(path: path, communicator: .alone)

  func require(_ what: String, _ isEqual: Bool) throws {
    if !isEqual { throw Failure.runtime("\(what): \(world.size) ranks and one differ") }
  }
  for memory in [1 << 30, 100_000] {
    var flux = FluxAnalysis(axis: 1, planes: [2.3])
    (flux.reference, flux.profilePlanes) = (.centerOfMass, 5)
    let fluxes = try (flux.run(shared), flux.run(alone))
    let (ours, theirs) = (fluxes.0.planes + fluxes.0.profile, fluxes.1.planes + fluxes.1.profile)
    try require(
      "flux",
      zip(ours, theirs).allSatisfy { a, b in zip(a.species, b.species).allSatisfy { $0.up == $1.up && $0.down == $1.down } })
    var hops = HopAnalysis(mobile: shared.species[0], sites: .averages(of: shared.species[1]))
    hops.memory = memory
    let stays = try (hops.run(shared).statistics, hops.run(alone).statistics)
    try require(
      "hops",
      stays.0.hopCount > 50 && stays.0.visitCounts == stays.1.visitCounts && stays.0.diffusivity == stays.1.diffusivity)
    var vanHove = VanHoveAnalysis(lags: [0.5, 2])
    (vanHove.pairs, vanHove.rMax, vanHove.memory) = ([SpeciesPair(shared.species[0], shared.species[0])], 4, memory)
    let walks = try (vanHove.run(shared), vanHove.run(alone))
    try require(
      "van Hove",
      zip(walks.0.selfParts, walks.1.selfParts).allSatisfy { a, b in
        zip(a.displacements, b.displacements).allSatisfy { $0.counts == $1.counts }
      } && zip(walks.0.distinct[0].densities, walks.1.distinct[0].densities).allSatisfy { $0.counts == $1.counts })
    var fronts = FrontAnalysis([FrontDefinition(.mixing(SpeciesPair(shared.species[0], shared.species[1])), threshold: 0.5)])
    (fronts.fronts[0].start, fronts.axis, fronts.reference, fronts.memory) = (4, 0, .centerOfMass, memory)
    let places = try (fronts.run(shared).fronts[0].positions, fronts.run(alone).fronts[0].positions)
    try require("fronts", zip(places.0, places.1).allSatisfy { a, b in a == b || abs((a ?? 0) - (b ?? 1)) < 1e-9 })
  }
  let cosines = try [shared, alone].map { trajectory in
    let similarity = try SimilarityAnalysis(
      try Fingerprint(elements: trajectory.elements), regions: [], reference: try trajectory.frame(0), against: 0,
      frames: trajectory.frames)
    try trajectory.run([similarity])
    return similarity.report(of: trajectory, parameters: [:]).cosines[0]
  }
  try require("similarity", cosines[0] == cosines[1])
}

/// Lithium that hops over a lattice of sulfur, which rattles.
private func hoppingAtoms() -> [Configuration] {
  let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: 9)), periodic: .all)
  let sites = (0..<27).map { (site: Int) -> Vector3 in
    let place = SIMD3<Int>(site / 9, site / 3 % 3, site % 3)
    return 3 * Vector3(place)
  }
  let elements = [Element(symbol: "Li")!, Element(symbol: "S")!]
  var dice = Dice(31), lithium = Array(sites.prefix(11))
  return (0..<41).map { frame in
    for atom in lithium.indices where dice.unit() < 0.2 {
      lithium[atom][dice.integer(0...2)] += 3 * (dice.unit() < 0.7 ? 1 : -1)
    }
    var configuration = Configuration(
      cell: cell, elements: lithium.map { _ in elements[0] } + sites.map { _ in elements[1] },
      positions: (lithium + sites).map { place in
        let position = place + 0.3 * dice.signedVector3()
        return position - 9 * (position / 9).rounded(.down)
      })
    configuration.time = 500 * Double(frame)
    return configuration
  }
}
