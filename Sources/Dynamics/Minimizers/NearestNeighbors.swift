import Atomistics
import Decomposition
import Numerics

extension Domain {
  /// The mean over all atoms of the distance to the nearest other atom, Å; atoms alone within the cutoff do not count, and
  /// where all are alone it is the cutoff. Collective.
  func meanNearestDistance() -> Double {
    let list = neighbors, position = atoms.position
    var total = 0.0, count = 0.0
    for i in 0..<list.centerCount {
      var least = cutoff * cutoff
      for k in list.offsets[i]..<list.offsets[i + 1] {
        let d = position[Int(list.neighbors[k])] - position[i]
        least = min(least, (d * d).sum())
      }
      if least < cutoff * cutoff {
        total += least.squareRoot()
        count += 1
      }
    }
    let sums = communicator.sum([total, count])
    return sums[1] > 0 ? sums[0] / sums[1] : cutoff
  }
}
