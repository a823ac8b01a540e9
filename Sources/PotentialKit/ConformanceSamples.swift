import Atomistics
import Numerics

/// Configurations that exercise what goes wrong in neighbor lists and ghosts: a sheared periodic crystal, a crystal
/// far smaller than most cutoffs, a slab without a third lattice vector, a wire, and a free cluster with atoms far
/// from the origin.
///
/// - Parameters:
///   - elements: atoms take them in turn, so that all pairs of elements are neighbors.
///   - spacing: Å, between the sites of a simple cubic lattice, from which atoms are displaced by a tenth of it or so.
public func conformanceSamples(elements: [Element], spacing: Double, seed: UInt32 = 1) -> [Configuration] {
  let random = CounterRandom(.test, seed: seed)
  func block(
    _ sites: SIMD3<Int>, _ periodic: Periodicity, stream: UInt64, shear: Double = 0, origin: Vector3 = .zero
  ) -> Configuration {
    let lattice = spacing * Matrix3(rows: Vector3(1, 0, 0), Vector3(shear, 1, 0), Vector3(-0.5 * shear, shear, 1))
    var cell = Cell(vectors: lattice, periodic: periodic)
    for axis in 0..<3 { cell.vectors[axis] = periodic[axis] ? Double(sites[axis]) * lattice[axis] : .zero }
    var positions: [Vector3] = []
    for i in 0..<sites.x {
      for j in 0..<sites.y {
        for k in 0..<sites.z {
          let displacement = 0.08 * spacing * random.normals(step: stream, id: UInt64(positions.count))
          positions.append(origin + Vector3(Double(i), Double(j), Double(k)) * lattice + displacement)
        }
      }
    }
    return Configuration(
      cell: cell, elements: positions.indices.map { elements[$0 % elements.count] }, positions: positions)
  }
  return [
    block(SIMD3(3, 3, 2), .all, stream: 1, shear: 0.3, origin: Vector3(-20, 7, 3)),
    block(SIMD3(2, 1, 1), .all, stream: 2, shear: -0.2),
    block(SIMD3(2, 3, 2), Periodicity(true, true, false), stream: 3, shear: 0.15),
    block(SIMD3(2, 2, 3), Periodicity(false, false, true), stream: 4),
    block(SIMD3(2, 3, 2), .none, stream: 5, origin: Vector3(1000, -300, 50)),
  ]
}
