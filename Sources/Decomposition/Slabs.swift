import Numerics

/// Numbers the slabs of one Cartesian axis so that atoms within a reach are at most two slabs apart.
///
/// Slabs are half a reach thick. Where the owned atoms span too many of them (an atom that flew off through an open
/// direction), the empty stretches between occupied slabs are left out, so that neither memory nor time grows with
/// empty space.
struct Slabs {
  /// Most slabs of an axis: three axes and four bits fit a 64-bit key.
  static let limit = 1 << 20
  /// Empty slabs kept between two occupied stretches, both of which have two slabs for ghosts.
  private static let widestGap = 6.0

  private let origin: Double
  private let inverseWidth: Double
  /// One more than the largest number given; the outermost two on either side hold ghosts alone.
  let count: Int
  /// Where stretches were left out: the occupied slabs and their numbers, ascending. Empty otherwise.
  private let occupied: [Double]
  private let numbers: [Int]

  /// Slabs for owned atoms from `low` to `high` (Å), of which `coordinates` gives each one's place along the axis.
  init(low: Double, high: Double, reach: Double, coordinates: some Sequence<Double>) {
    // A millionth thicker than half the reach, so that rounding cannot part a pair by three slabs.
    let width = 0.5 * reach * (1 + 1e-6)
    inverseWidth = 1 / width
    origin = low - 3 * width
    let span = ((high - origin) / width).rounded(.down) + 4
    if span <= Double(Self.limit) {
      count = max(Int(span), 1)
      (occupied, numbers) = ([], [])
      return
    }
    let (start, scale) = (origin, inverseWidth)
    let slabs = Set(coordinates.lazy.map { (($0 - start) * scale).rounded(.down) }).sorted()
    var assigned = [3]
    for (before, after) in zip(slabs, slabs.dropFirst()) {
      assigned.append(assigned[assigned.count - 1] + Int(min(after - before, Self.widestGap)))
    }
    // More than fit: the rest shares the last slab, which costs time, not correctness.
    numbers = assigned.map { min($0, Self.limit - 4) }
    occupied = slabs
    count = numbers[numbers.count - 1] + 4
  }

  var isCompressed: Bool { !occupied.isEmpty }

  /// Position in units of slabs from the origin; the number of the slab is its floor where nothing was left out.
  @inline(__always)
  func scaled(_ coordinate: Double) -> Double { (coordinate - origin) * inverseWidth }

  /// The slab of a scaled position, or nil if it is more than two slabs from any owned atom's: no neighbor of theirs.
  func compressedNumber(_ scaled: Double) -> Int? {
    let slab = scaled.rounded(.down)
    // The first occupied slab above, by bisection.
    var low = 0
    var high = occupied.count
    while low < high {
      let middle = (low + high) / 2
      if occupied[middle] <= slab { low = middle + 1 } else { high = middle }
    }
    if low > 0, slab - occupied[low - 1] <= 2 {
      let number = numbers[low - 1] + Int(slab - occupied[low - 1])
      return low < occupied.count ? min(number, numbers[low]) : number
    }
    if low < occupied.count, occupied[low] - slab <= 2 { return numbers[low] - Int(occupied[low] - slab) }
    return nil
  }
}
