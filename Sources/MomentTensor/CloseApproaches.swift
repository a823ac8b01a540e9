import Atomistics

/// How many centers have a neighbor closer than `distance` (Å), the shortest that the potential was fitted to.
///
/// Below it the Chebyshev polynomials leave [−1, 1] and grow without bound, and so do the forces, without a word: hence a count
/// of its own, at the steps whose energies somebody reads. The cost, about 1 ns a neighbor, is not worth a place in the kernel.
func countCloseApproaches(_ atoms: AtomStore, _ neighbors: NeighborList, below distance: Double) -> Int {
  let position = atoms.position, limit = distance * distance
  var count = 0
  for i in 0..<neighbors.centerCount {
    let center = position[i]
    var closest = Double.infinity
    for k in neighbors.offsets[i]..<neighbors.offsets[i &+ 1] {
      let d = position[Int(neighbors.neighbors[k])] - center
      let square = (d * d).sum()
      closest = square < closest ? square : closest
    }
    if closest < limit { count &+= 1 }
  }
  return count
}
