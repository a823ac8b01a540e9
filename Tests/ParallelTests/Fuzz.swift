import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One random system through load, moves, rebuilds, exchange and restart.
func fuzz(_ seed: Int, _ world: Communicator) throws {
  let scenario = Scenario.random(seed)
  func named(_ error: Failure) -> Failure { .runtime("\(scenario.name): \(error.message)") }
  do {
    let domain = Domain(
      cell: scenario.cell, kindCount: scenario.kindCount, cutoff: scenario.cutoff, skin: scenario.skin,
      communicator: world)
    // Even seeds: all on root. Odd: dealt out.
    let mine = scenario.records.filter { seed % 2 == 0 ? world.isRoot : Int($0.id) % world.size == world.rank }
    try domain.load(mine, cuts: nil, isRestart: false)
    try domain.checkInvariants()
    try checkAdjoint(domain)
    for step in 1...3 {
      move(domain, by: [0.05, 1, 20][step - 1], seed: seed, step: step)
      if domain.needsRebuild(flag: false).rebuild {
        try domain.rebuild()
        try domain.checkInvariants()
      } else {
        domain.updateGhosts()
      }
    }
    try checkAdjoint(domain)
    move(domain, by: 0.01, seed: seed, step: 9)
    domain.updateGhosts()
    try checkRestart(domain)
    try checkChangingCell(domain, seed)
  } catch let error as Failure { throw named(error) }
}

/// Random strains, small ones that the list bears and large ones that it does not, with fields and restarts on the way.
private func checkChangingCell(_ domain: Domain, _ seed: Int) throws {
  let random = CounterRandom(.test, seed: UInt32(seed))
  let fields = [2, 5].map { domain.addField(width: $0) }
  for field in fields { mark(field, domain) }
  for (step, size) in [0.003, 0.02, 0.3, 0.01].enumerated() {
    let rows = (0..<3).map { size * random.normals(step: UInt64(2000 + step), id: $0) }
    var matrix = Matrix3.identity + Matrix3(rows: rows[0], rows[1], rows[2])
    // No mirror images, and nothing denser: some of these systems are denser than matter can be.
    guard matrix.determinant > 0.05 else { continue }
    if matrix.determinant < 1.001 { matrix = pow(1.001 / matrix.determinant, 1.0 / 3) * matrix }
    strain(domain, by: matrix)
    move(domain, by: 0.2 * domain.skin, seed: seed, step: 20 + step)
    if domain.needsRebuild(flag: false).rebuild { try domain.rebuild() } else { domain.updateGhosts() }
    try domain.checkCoverage()
    try checkFields(fields, domain)
  }
  try domain.checkInvariants()
  try checkRestart(domain)
  for field in fields { domain.removeField(field) }
}

/// Random displacements that depend on the atom's id alone.
func move(_ domain: Domain, by length: Double, seed: Int, step: Int) {
  let random = CounterRandom(.test, seed: UInt32(seed))
  for i in 0..<domain.atoms.ownedCount {
    let draw = random.normals(step: UInt64(1000 + step), id: UInt64(domain.atoms.id[i]))
    domain.atoms.position[i] += SIMD4(length * draw, 0)
  }
}

/// <forward(x), y> = <x, reverse(y)> for random arrays, by width.
func checkAdjoint(_ domain: Domain) throws {
  for width in [1, 3, 4] {
    let atoms = domain.atoms
    let total = atoms.totalCount * width
    let owned = atoms.ownedCount * width
    var dice = Dice(77 + domain.communicator.rank)
    var x = (0..<total + 1).map { _ in dice.unit() - 0.5 }
    var y = (0..<total + 1).map { _ in dice.unit() - 0.5 }
    let before = x[0..<owned]
    x.withUnsafeMutableBufferPointer { domain.forward($0.baseAddress!, width: width) }
    let left = domain.communicator.sum((0..<total).reduce(0) { $0 + x[$1] * y[$1] })
    let ghosts = y[owned..<total]
    y.withUnsafeMutableBufferPointer { domain.reverse($0.baseAddress!, width: width) }
    let right = domain.communicator.sum((0..<owned).reduce(0) { $0 + x[$1] * y[$1] })
    try domain.communicator.together {
      guard abs(left - right) <= 1e-10 * (abs(left) + Double(total) + 1) else {
        throw Failure.runtime("forward and reverse of width \(width) are not adjoint: \(left) and \(right)")
      }
      guard before == x[0..<owned], ghosts == y[owned..<total] else {
        throw Failure.runtime("forward changed owned atoms or reverse changed ghosts")
      }
    }
  }
}

/// Every bit of a domain that a run's course depends on.
func fingerprint(_ domain: Domain) -> [UInt64] {
  let atoms = domain.atoms
  let list = domain.neighbors
  var words: [UInt64] = []
  for i in 0..<atoms.totalCount {
    words.append(UInt64(bitPattern: atoms.id[i]))
    for lane in 0..<3 { words.append(atoms.position[i][lane].bitPattern) }
  }
  for i in 0..<atoms.ownedCount {
    words.append(UInt64(atoms.groups[i]))
    for lane in 0..<3 { words.append(UInt64(bitPattern: Int64(atoms.image[i][lane]))) }
    for lane in 0..<3 { words.append(atoms.velocity[i][lane].bitPattern) }
  }
  for k in 0..<list.offsets[list.centerCount] { words.append(UInt64(list.neighbors[k])) }
  return words
}

/// A domain loaded from another's records, cells and cuts; it is the same to the last bit.
func restart(of domain: Domain) throws -> Domain {
  let world = domain.communicator
  let all = world.allGather(domain.records()).flatMap { $0 }.sorted { $0.id < $1.id }
  let copy = Domain(
    cell: domain.cell, kindCount: domain.kindCount, cutoff: domain.cutoff, skin: domain.skin, communicator: world)
  try copy.load(
    world.isRoot ? all : [], cuts: try Cuts(encoded: domain.cuts.encoded), isRestart: true,
    referenceCell: domain.referenceCell)
  try world.together {
    guard fingerprint(domain) == fingerprint(copy) else { throw Failure.runtime("the restarted domain differs") }
  }
  try copy.checkInvariants()
  return copy
}

/// A restarted domain is the same after its next rebuild, too.
func checkRestart(_ domain: Domain) throws {
  let world = domain.communicator
  let copy = try restart(of: domain)
  for one in [domain, copy] {
    move(one, by: 0.7, seed: 5, step: 50)
    try one.rebuild()
  }
  try world.together {
    guard fingerprint(domain) == fingerprint(copy) else {
      throw Failure.runtime("the restarted domain differs after a rebuild")
    }
  }
  let ids = copy.gatherIdsToRoot()
  let positions = copy.gatherToRoot(copy.atoms.position)
  let expected = world.allGather(copy.records()).flatMap { $0 }.sorted { $0.id < $1.id }
  try world.onRoot {
    guard ids == expected.map(\.id), positions.map({ Vector3($0.x, $0.y, $0.z) }) == expected.map(\.position) else {
      throw Failure.runtime("atoms gathered on root are not those of the ranks")
    }
  }
}
