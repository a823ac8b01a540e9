import Atomistics
import Communication
import Decomposition
import Diagnostics
import Numerics

/// Deforms cell and positions alike: row vectors times `matrix`.
func strain(_ domain: Domain, by matrix: Matrix3) {
  domain.setCell(Cell(vectors: domain.cell.vectors * matrix, periodic: domain.cell.periodic))
  for i in 0..<domain.atoms.ownedCount {
    let p = domain.atoms.position[i]
    domain.atoms.position[i] = SIMD4(Vector3(p.x, p.y, p.z) * matrix, 0)
  }
}

/// What an atom's field holds, by its id.
private func value(_ id: Int64, _ component: Int) -> Double { 0.5 * Double(id) + Double(component) }

/// Numbers in a field that tell which atom they belong to.
func mark(_ field: AtomField, _ domain: Domain) {
  for i in 0..<domain.atoms.ownedCount {
    for c in 0..<field.width { field.pointer[i * field.width + c] = value(domain.atoms.id[i], c) }
  }
}

/// Marked fields are still with their atoms; what is gathered comes back by scattering.
func checkFields(_ fields: [AtomField], _ domain: Domain) throws {
  for field in fields {
    let count = domain.atoms.ownedCount * field.width
    let gathered = domain.gatherToRoot(UnsafePointer(field.pointer), width: field.width)
    var back = [Double](repeating: -1, count: count + 1)
    back.withUnsafeMutableBufferPointer {
      domain.scatterFromRoot(gathered, width: field.width, to: $0.baseAddress!)
    }
    let ids = domain.gatherIdsToRoot()
    try domain.communicator.together {
      for k in 0..<count where field.pointer[k] != value(domain.atoms.id[k / field.width], k % field.width) {
        throw Failure.runtime("atom \(domain.atoms.id[k / field.width]) has lost its field of width \(field.width)")
      }
      guard (0..<count).allSatisfy({ back[$0] == field.pointer[$0] }), back[count] == -1 else {
        throw Failure.runtime("scattering a field of width \(field.width) is not the inverse of gathering it")
      }
      guard gathered == ids.flatMap({ id in (0..<field.width).map { value(id, $0) } }) else {
        throw Failure.runtime("a gathered field of width \(field.width) is not in order of ids")
      }
    }
  }
}

/// The next step of a course through cells that shrink, stretch and tilt, with thermal motion on top: the same for
/// every number of ranks. Returns whether it took a rebuild.
private func advance(_ domain: Domain, step: Int) throws -> Bool {
  let phase = Double(step)
  let shear = 0.03 * (0.3 * phase).rounded(.toNearestOrEven).remainder(dividingBy: 3)
  strain(
    domain,
    by: Matrix3(
      rows: Vector3(1 + 0.02 * (phase.remainder(dividingBy: 5)), 0, 0), Vector3(shear, 0.99, 0.01),
      Vector3(0.02, -0.05, 1.015)))
  move(domain, by: step % 3 == 0 ? 0.3 : 0.01, seed: 21, step: step)
  let rebuild = domain.needsRebuild(flag: false).rebuild
  if rebuild { try domain.rebuild() } else { domain.updateGhosts() }
  return rebuild
}

/// Each owned atom's number of neighbors and a sum over their ids that no other set of them is likely to have.
private func lists(_ domain: Domain) -> [SIMD2<Int64>] {
  let list = domain.neighbors
  return (0..<list.centerCount).map { i in
    let bonds = list.offsets[i]..<list.offsets[i + 1]
    let sum = bonds.reduce(Int64(0)) { sum, k in
      let id = domain.atoms.id[Int(list.neighbors[k])]
      return sum &+ (id &* 0x5851_F42D_4C95_7F2D) &* (id | 1)
    }
    return SIMD2(Int64(bonds.count), sum)
  }
}

/// Thirty steps through changing cells beside one rank that takes them alone: the same positions to the last bit, the
/// same rebuilds and the same lists; fields stay with their atoms. Every tenth step a restart takes over.
func checkChangingCell(_ world: Communicator) throws {
  var domain = try slab(world, atoms: 900)
  let single = try slab(.alone, atoms: 900)
  var fields = [1, 4, 6].map { domain.addField(width: $0) }
  for field in fields { mark(field, domain) }
  var rebuilds = 0
  for step in 1...30 {
    let took = (try advance(domain, step: step), try advance(single, step: step))
    try expect(took.0 == took.1, "step \(step) took a rebuild on one rank or on all, not on both", world)
    rebuilds += took.0 ? 1 : 0
    let positions = domain.gatherToRoot(UnsafePointer(domain.atoms.position))
    let bonds = domain.gatherToRoot(lists(domain))
    let alone = (single.gatherToRoot(UnsafePointer(single.atoms.position)), single.gatherToRoot(lists(single)))
    try expect(!world.isRoot || positions == alone.0, "positions depend on the number of ranks in step \(step)", world)
    try expect(!world.isRoot || bonds == alone.1, "lists depend on the number of ranks in step \(step)", world)
    try checkFields(fields, domain)
    if step % 10 == 0 {
      try domain.checkInvariants()
      try domain.checkCoverage()
      domain = try restart(of: domain)
      fields = [1, 4, 6].map { domain.addField(width: $0) }
      for field in fields { mark(field, domain) }
    }
  }
  try expect((5...25) ~= rebuilds, "\(rebuilds) rebuilds in 30 steps check too little", world)
}

/// A cell that is stretched far along another direction gets its cuts across that one, though the load is even.
func checkCutsFollowTheShape(_ world: Communicator) throws {
  let cell = Cell(vectors: Matrix3(diagonal: Vector3(20, 16, 16)), periodic: .all)
  let domain = Domain(cell: cell, kindCount: 1, cutoff: 2.5, skin: 0.5, communicator: world)
  let records = (0..<640).map { k in
    let site = Vector3(Double(k % 10), Double(k / 10 % 8), Double(k / 80))
    return AtomRecord(id: Int64(k), kind: 0, position: (site + 0.5) * 2)
  }
  try domain.load(world.isRoot ? records : [], cuts: nil, isRestart: false)
  let field = domain.addField(width: 2)
  mark(field, domain)
  // The first cut's axis follows rank count, imbalance and heights.
  func firstAxis() -> Double { world.size == 1 ? 0 : domain.cuts.encoded[5] }
  try expect(firstAxis() == 0, "the longest direction is not cut", world)
  for _ in 0..<8 {
    strain(domain, by: Matrix3(diagonal: Vector3(0.9, 1.2, 1)))
    if domain.needsRebuild(flag: false).rebuild { try domain.rebuild() } else { domain.updateGhosts() }
  }
  try expect(domain.cell.heights.y > 5 * domain.cell.heights.x, "the cell was not stretched", world)
  try expect(firstAxis() == (world.size == 1 ? 0 : 1), "the cuts did not follow the cell's shape", world)
  try checkFields([field], domain)
  try domain.checkInvariants()
}

/// A cell that collapses is the same failure on all ranks.
func checkCollapseIsShared(_ world: Communicator) throws {
  let domain = try slab(world, atoms: 300)
  strain(domain, by: Matrix3(diagonal: Vector3(repeating: 0.01)))
  try expect(domain.needsRebuild(flag: false).rebuild, "a collapsed cell does not ask for a rebuild", world)
  var message = "nothing"
  do { try domain.rebuild() } catch let error as Failure { message = error.message }
  try expect(message.contains("collapsed"), "a collapsed cell gives: \(message)", world)
}
