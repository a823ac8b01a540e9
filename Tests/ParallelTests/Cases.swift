import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics
import TestSupport

/// A liquid-like block of atoms: half of the cell along c is vacuum, one side is denser than the other.
func slab(_ world: Communicator, atoms count: Int) throws -> Domain {
  let cell = Cell(
    vectors: Matrix3(rows: Vector3(30, 0, 0), Vector3(6, 28, 0), Vector3(2, -5, 80)), periodic: .all)
  var dice = Dice(11)
  let records = (1...count).map { id -> AtomRecord in
    let f = dice.unitVector3()
    let depth = id % 3 == 0 ? 0.3 * f.z : 0.3 + 0.2 * f.z
    return AtomRecord(id: Int64(id), kind: Int32(id % 2), position: Vector3(f.x, f.y, depth) * cell.vectors)
  }
  let domain = Domain(cell: cell, kindCount: 2, cutoff: 3, skin: 0.5, communicator: world)
  try domain.load(world.isRoot ? records : [], cuts: nil, isRestart: false)
  return domain
}

/// An interface with 50 % vacuum is shared evenly, stays so while it drifts and spreads, and loses no atom.
func checkSlab(_ world: Communicator) throws {
  let domain = try slab(world, atoms: 6000)
  try expect(
    domain.statistics.imbalance <= 1.06, "the slab starts with imbalance \(domain.statistics.imbalance)", world)
  for step in 1...12 {
    for i in 0..<domain.atoms.ownedCount {
      // Drift across the periodic boundary, and expansion.
      domain.atoms.position[i] += SIMD4(3, 1, 4, 0) + 0.02 * SIMD4(0, 0, domain.atoms.position[i].z - 20, 0)
    }
    try domain.rebuild()
    let total = world.sum(domain.atoms.ownedCount)
    try expect(total == 6000, "\(total) atoms are left of 6000 after step \(step)", world)
  }
  try domain.rebuild()
  try expect(domain.statistics.imbalance <= 1.1, "the moved slab has imbalance \(domain.statistics.imbalance)", world)
  try expect(world.size == 1 || domain.statistics.rebalanceCount > 0, "the cuts never moved", world)
}

/// The list does not depend on the number of ranks: the same bonds, and the brute-force account of them, for a larger
/// system.
func checkLargerSystem(_ world: Communicator) throws {
  let domain = try slab(world, atoms: 1500)
  let alone = Communicator.alone
  move(domain, by: 2, seed: 8, step: 1)
  try domain.rebuild()
  try domain.checkInvariants()
  let single = Domain(cell: domain.cell, kindCount: 2, cutoff: 3, skin: 0.5, communicator: alone)
  let all = world.allGather(domain.records()).flatMap { $0 }
  try single.load(all, cuts: nil, isRestart: false)
  let bonds = world.sum(domain.statistics.neighborCount)
  try expect(
    bonds == single.statistics.neighborCount, "\(bonds) bonds, \(single.statistics.neighborCount) on one rank", world)
}

/// The same atoms dealt out differently give the same cuts and the same domains.
func checkCutsDependOnPositionsAlone(_ world: Communicator) throws {
  let first = try slab(world, atoms: 2000)
  let all = world.allGather(first.records()).flatMap { $0 }
  let second = Domain(cell: first.cell, kindCount: 2, cutoff: 3, skin: 0.5, communicator: world)
  try second.load(all.filter { Int($0.id * 7) % world.size == world.rank }, cuts: nil, isRestart: false)
  try expect(first.cuts == second.cuts, "the cuts depend on who held the atoms", world)
  try expect(!world.any(fingerprint(first) != fingerprint(second)), "the domains depend on who held the atoms", world)
}

/// A restart on another number of ranks than the checkpoint's ignores its cuts and keeps atoms and lists.
func checkRestartOnOtherRanks(_ world: Communicator) throws {
  let domain = try slab(world, atoms: 800)
  move(domain, by: 0.02, seed: 3, step: 1)
  let all = world.allGather(domain.records()).flatMap { $0 }
  let other = Domain(cell: domain.cell, kindCount: 2, cutoff: 3, skin: 0.5, communicator: world)
  let foreign: [Double] = world.size == 1 ? [2, 1, 1, 1, 1, 0, 0.5] : [1, 1, 1, 1, 1]
  try other.load(world.isRoot ? all : [], cuts: try Cuts(encoded: foreign), isRestart: true)
  try other.checkInvariants()
  let before = domain.gatherToRoot(domain.atoms.position)
  let after = other.gatherToRoot(other.atoms.position)
  try expect(before == after, "positions changed in a restart on other ranks", world)
}

/// What goes wrong on one rank is the same failure on all of them, and none waits.
func checkFailuresAreShared(_ world: Communicator) throws {
  let domain = try slab(world, atoms: 300)
  let last = world.size - 1
  var lost: Int64 = 0
  if world.rank == last, domain.atoms.ownedCount > 3 {
    domain.atoms.position[3].z = .nan
    lost = domain.atoms.id[3]
  }
  lost = world.allGather(lost)[last]
  try expect(domain.needsRebuild(flag: false).rebuild, "a NaN does not ask for a rebuild", world)
  let message = failure { try domain.rebuild() }?.message ?? "nothing"
  try expect(message.contains("atom \(lost) "), "the lost atom \(lost) gives: \(message)", world)
  let bad = AtomRecord(id: 9, kind: 5, position: .zero)
  let kind = failure { try domain.load(world.rank == last ? [bad] : [], cuts: nil, isRestart: false) }?.kind
  try expect(kind == .input, "a bad record on one rank does not fail on rank \(world.rank)", world)
}

private func failure(_ body: () throws -> Void) -> Failure? {
  do { try body() } catch { return error as? Failure }
  return nil
}

/// Fails on all ranks if the condition fails on any.
func expect(_ condition: Bool, _ message: @autoclosure () -> String, _ world: Communicator) throws {
  try world.agree(on: condition ? nil : .runtime(message()))
}
