import AtomicClusterFiles
import PotentialKit

/// All functions of the distance that one ordered bond needs, interpolated as the format prescribes.
///
/// Cubic Hermite interpolation between nodes r_j = j h, h = rc/n, n = trunc(rc/spacing), with the exact derivatives there:
///
///     f(r) = f_j + w_01 (f_{j+1} − f_j) + w_10 h f'_j + w_11 h f'_{j+1},   t = r/h − j
///     w_01 = t²(3 − 2t),  w_10 = t(1 − t)²,  w_11 = t²(t − 1)
///
/// The tables are part of the model: energies fitted with them are reproduced only by the same bins
/// (ICAMS/lammps-user-pace). Functions stand side by side in a row, so that one distance reads one stretch of memory.
final class RadialTable {
  /// In a row: R_nl by l and n, then the sums of rank 1 for each density, then the core repulsion; after these, which forces
  /// need, the base functions that only grades need.
  struct Columns {
    var radialCount: Int
    var densityCount: Int
    var hasCore: Bool
    var baseCount: Int
    var count: Int { radialCount + densityCount + (hasCore ? 1 : 0) }
    /// Columns that forces need, whole packs of four.
    var padded: Int { (count + 3) & ~3 }
    var firstDensity: Int { radialCount }
    var core: Int { radialCount + densityCount }
    var firstBase: Int { padded }
    var paddedBase: Int { (baseCount + 3) & ~3 }
    /// All columns, whole packs of four.
    var width: Int { padded + paddedBase }
  }

  let columns: Columns
  /// Å.
  let cutoff: Double
  /// n/rc, the reciprocal of h.
  let inverseSpacing: Double
  let nodeCount: Int
  /// [node 0 … n + 2][f, h f'][column]; nodes beyond n are zero.
  let rows: FixedArray<Double>

  var rowStride: Int { 2 * columns.width }

  /// - Parameter evaluate: all columns at a distance, those of forces padded.
  init(columns: Columns, cutoff: Double, nodeCount: Int, evaluate: (Double) -> [Dual]) {
    self.columns = columns
    self.cutoff = cutoff
    self.nodeCount = nodeCount
    inverseSpacing = Double(nodeCount) / cutoff
    let spacing = 1 / inverseSpacing, stride = 2 * columns.width
    var all = [Double](repeating: 0, count: (nodeCount + 3) * stride)
    for node in stride == 0 ? 1..<1 : 1..<nodeCount + 1 {
      for (column, value) in evaluate(spacing * Double(node)).enumerated() {
        all[node * stride + column] = value.value
        all[node * stride + columns.width + column] = value.slope * spacing
      }
    }
    rows = FixedArray(all)
  }
}
