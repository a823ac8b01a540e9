import Atomistics
import Communication
import Decomposition
import Numerics
import Testing

/// A domain on this process alone, loaded with atoms of ids 1 to N.
func domain(
  _ cell: Cell, _ positions: [Vector3], kinds: [Int32]? = nil, cutoff: Double, skin: Double = 0
) throws -> Domain {
  let kinds = kinds ?? Array(repeating: 0, count: positions.count)
  let domain = Domain(
    cell: cell, kindCount: Int(kinds.max() ?? 0) + 1, cutoff: cutoff, skin: skin, communicator: .world)
  let records = positions.indices.map { AtomRecord(id: Int64($0 + 1), kind: kinds[$0], position: positions[$0]) }
  try domain.load(records, cuts: nil, isRestart: false)
  return domain
}

/// Deforms cell and positions alike: row vectors times `matrix`.
func strain(_ domain: Domain, by matrix: Matrix3) {
  domain.setCell(Cell(vectors: domain.cell.vectors * matrix, periodic: domain.cell.periodic))
  for i in 0..<domain.atoms.ownedCount {
    let p = domain.atoms.position[i]
    domain.atoms.position[i] = SIMD4(Vector3(p.x, p.y, p.z) * matrix, 0)
  }
}

/// Number of listed neighbors of each atom, by id.
func coordination(_ domain: Domain) -> [Int64: Int] {
  let list = domain.neighbors
  return Dictionary(
    uniqueKeysWithValues: (0..<list.centerCount).map { (domain.atoms.id[$0], list.offsets[$0 + 1] - list.offsets[$0]) })
}

/// Distances from an atom to its listed neighbors, ascending, Å.
func distances(_ domain: Domain, of id: Int64) -> [Double] {
  let list = domain.neighbors
  let atoms = domain.atoms
  guard let i = (0..<atoms.ownedCount).first(where: { atoms.id[$0] == id }) else { return [] }
  return (list.offsets[i]..<list.offsets[i + 1]).map {
    let d = atoms.position[Int(list.neighbors[$0])] - atoms.position[i]
    return (d * d).sum().squareRoot()
  }.sorted()
}

/// n³ cubic cells of fcc, lattice constant `a` (Å).
func fcc(_ n: Int, a: Double) -> (cell: Cell, positions: [Vector3]) {
  let basis = [Vector3(0, 0, 0), Vector3(0.5, 0.5, 0), Vector3(0.5, 0, 0.5), Vector3(0, 0.5, 0.5)]
  var positions: [Vector3] = []
  for i in 0..<n {
    for j in 0..<n {
      for k in 0..<n { positions += basis.map { ($0 + Vector3(Double(i), Double(j), Double(k))) * a } }
    }
  }
  return (Cell(vectors: Matrix3(diagonal: Vector3(repeating: a * Double(n))), periodic: .all), positions)
}

/// Points in the unit cube, the same ones for the same seed.
func unitPoints(_ count: Int, seed: UInt32) -> [Vector3] {
  let random = CounterRandom(.test, seed: seed)
  return (0..<count).map {
    let first = random.uniforms(step: 0, id: UInt64($0))
    let second = random.uniforms(step: 1, id: UInt64($0))
    return Vector3(first.x, first.y, second.x)
  }
}
