import Atomistics
import Diagnostics
import Numerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A frame's atoms, wrapped into the cell and dealt to bins that are parallelepipeds of the cell's shape.
///
/// Bins of a periodic direction divide the cell evenly, so that an image of a bin is exactly a bin:
///
///     images  ┆      home       ┆  images         reach = bins that the radius can span, 2 here
///      −2  −1 ┆ 0  1  2  3  ... ┆ n  n+1
///
/// A direction that is not periodic has bins over the atoms' extent and no images. So any cell, periodicity and radius is
/// served, a radius of several cells included.
struct BinLattice {
  /// Rows: the lattice vectors, completed where a direction has none.
  let vectors: Matrix3
  /// Numbers of bins in the home cell, and how many bins away a neighbor can be.
  let counts: SIMD3<Int>
  let reach: SIMD3<Int>
  private let periodic: Periodicity
  private let inverse: Matrix3
  /// Fractional start of the bins, and bins per unit of fractional length.
  private let origin: Vector3
  private let density: Vector3

  /// Of the neighbors, Å.
  let radius: Double
  /// Distances between the planes that bound a bin, Å.
  let widths: Vector3
  /// The planes of the three directions are at right angles.
  let isOrthogonal: Bool

  /// - Parameter radius: within which neighbors are looked for, Å.
  init(_ frame: Configuration, radius: Double) {
    (vectors, self.radius) = (frame.cell.completed, radius)
    inverse = vectors.inverse
    periodic = frame.cell.periodic
    var low = Vector3.zero, extent = Vector3.one
    if !frame.cell.isFullyPeriodic {
      let (least, most) = Self.bounds(frame.positions, inverse)
      for axis in 0..<3 where !periodic[axis] {
        low[axis] = least[axis]
        // Atoms in one plane still need bins of some width.
        extent[axis] = max(most[axis] - least[axis], 1e-9) * (1 + 1e-9)
      }
    }
    let heights = frame.cell.heights * extent
    // Columns of half a radius, thin along c, where runs are cut; but not many more bins than atoms: empty ones cost, too.
    let wanted = radius * Vector3(0.5, 0.5, 0.15)
    let share = heights.x * heights.y * heights.z / Double(frame.count + 16)
    let stretch = max(1, cbrt(share / (wanted.x * wanted.y * wanted.z)))
    var counts = SIMD3<Int>.one, reach = SIMD3<Int>.one
    for axis in 0..<3 {
      counts[axis] = max(1, Int(min(heights[axis] / (stretch * wanted[axis]), 1e6)))
      let spanned = min((radius / (heights[axis] / Double(counts[axis]))).rounded(.up), 1e6)
      reach[axis] = periodic[axis] ? Int(spanned) : Int(min(spanned, Double(counts[axis] - 1)))
    }
    widths = heights / Vector3(counts)
    let (a, b, c) = vectors.rows
    let skew = max(abs(a.dot(b)) / (a.length * b.length), abs(a.dot(c)) / (a.length * c.length))
    isOrthogonal = max(skew, abs(b.dot(c)) / (b.length * c.length)) < 1e-12
    (self.counts, self.reach, origin) = (counts, reach, low)
    density = Vector3(counts) / extent
  }

  private static func bounds(_ positions: [Vector3], _ inverse: Matrix3) -> (Vector3, Vector3) {
    var least = Vector3(repeating: .infinity), most = -least
    for position in positions {
      let fractional = position * inverse
      least = pointwiseMin(least, fractional)
      most = pointwiseMax(most, fractional)
    }
    return (least, most)
  }

  /// Cells that the home cell and the images take up.
  var cellCount: Double {
    let parts = Vector3(extendedCounts) / Vector3(counts)
    return parts.x * parts.y * parts.z
  }

  var binCount: Int { counts.x * counts.y * counts.z }

  /// Bins with those of the images: `reach` more on either side along periodic directions, and empty ones along others, so
  /// that no search looks beyond the ends.
  var extendedCounts: SIMD3<Int> { counts &+ 2 &* reach }

  /// The position moved into the cell along periodic directions, and its bin in the home cell.
  @inline(__always)
  func place(_ position: Vector3) -> (position: Vector3, bin: Int) {
    var fractional = position * inverse, wraps = fractional.rounded(.down)
    if !periodic.a { wraps.x = 0 }
    if !periodic.b { wraps.y = 0 }
    if !periodic.c { wraps.z = 0 }
    // The difference, and not fractional times cell: atoms within the cell keep their positions to the bit.
    let wrapped = wraps == .zero ? position : position - wraps * vectors
    fractional = (fractional - wraps - origin) * density
    let last = counts &- 1
    let i = min(max(Int(fractional.x), 0), last.x), j = min(max(Int(fractional.y), 0), last.y)
    let k = min(max(Int(fractional.z), 0), last.z)
    return (wrapped, (i &* counts.y &+ j) &* counts.z &+ k)
  }

  /// A position in the home cell in units of bins.
  @inline(__always)
  func binCoordinates(_ position: Vector3) -> Vector3 { (position * inverse - origin) * density }

  /// Where extended bin number `index` of a direction comes from: its home bin and how many cells away; nil: nowhere.
  func home(_ index: Int, axis: Int) -> (bin: Int, image: Int)? {
    let bin = index - reach[axis], count = counts[axis]
    guard !periodic[axis] else {
      let image = Int((Double(bin) / Double(count)).rounded(.down))
      return (bin - image * count, image)
    }
    return (0..<count).contains(bin) ? (bin, 0) : nil
  }
}
