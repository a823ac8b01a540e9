import Atomistics

/// Up to eight environments of centers of one kind, their neighbors as structure of arrays.
///
/// Layout: center c's neighbors stand at `starts[c] ..< starts[c] + lengths[c]` of every array; within it, one segment for each
/// kind of neighbor (`segments`), in the order of kinds, each padded to a multiple of `padding`. A padded lane lies exactly at the
/// cutoff along x, so that any function that vanishes there contributes exactly nothing, and its index is the center's own.
/// Every start is a multiple of 16, so packs of up to 16 lanes are aligned. Neighbors at r >= cutoff are left out.
public final class EnvironmentBatch {
  /// Centers in lanes of the product graphs.
  public static let width = 8

  /// Segments are padded to a multiple of this many lanes.
  public let padding: Int
  /// Å; strict.
  public let cutoff: Double
  public internal(set) var kindCount = 0

  /// Number of centers, at most `width`, and their local indices.
  public internal(set) var count = 0
  public let centers: UnsafeMutablePointer<Int32>
  public let starts: UnsafeMutablePointer<Int>
  /// Padded number of neighbors of each center.
  public let lengths: UnsafeMutablePointer<Int>
  /// Square of each center's distance to its nearest neighbor, Å²; infinite without neighbors.
  public let nearestSquares: UnsafeMutablePointer<Double>
  /// [center][kind + 1]: bounds of the padded segments, relative to the center's start.
  public internal(set) var segments: UnsafeMutablePointer<Int>

  /// r_j − r_i, Å.
  public internal(set) var x, y, z: UnsafeMutablePointer<Double>
  /// What the kernel stores for the scatter: dE_i/d(r_j − r_i), eV/Å; padded lanes must hold zero.
  public internal(set) var gradientX, gradientY, gradientZ: UnsafeMutablePointer<Double>
  /// Local index (owned or ghost) of each neighbor.
  public internal(set) var neighbors: UnsafeMutablePointer<Int32>
  /// Lanes that the arrays hold.
  public internal(set) var capacity = 0

  /// - Parameter padding: lanes of the kernel's half pack, 4 or 8.
  public init(cutoff: Double, padding: Int) {
    self.cutoff = cutoff
    self.padding = padding
    centers = .allocate(capacity: Self.width)
    starts = .allocate(capacity: Self.width)
    lengths = .allocate(capacity: Self.width)
    nearestSquares = .allocate(capacity: Self.width)
    segments = .allocate(capacity: 0)
    x = Self.lanes(0)
    y = Self.lanes(0)
    z = Self.lanes(0)
    gradientX = Self.lanes(0)
    gradientY = Self.lanes(0)
    gradientZ = Self.lanes(0)
    neighbors = .allocate(capacity: 0)
  }

  deinit {
    centers.deallocate()
    starts.deallocate()
    lengths.deallocate()
    nearestSquares.deallocate()
    segments.deallocate()
    deallocateLanes()
  }

  /// Makes room for any batch of `list`; returns the largest padded number of neighbors that a center can have.
  ///
  /// Called once before a sweep over the centers: nothing grows inside it.
  public func prepare(for list: NeighborList) -> Int {
    var longest = 0
    for center in 0..<list.centerCount {
      longest = max(longest, list.offsets[center &+ 1] &- list.offsets[center])
    }
    let most = (longest + list.kindCount * padding + 15) & ~15
    if list.kindCount != kindCount {
      segments.deallocate()
      segments = .allocate(capacity: Self.width * (list.kindCount + 1))
      kindCount = list.kindCount
    }
    if Self.width * most > capacity {
      deallocateLanes()
      // A fifth more than needed, so that a fluctuating longest list rarely grows it.
      capacity = Self.width * ((most + most / 5 + 15) & ~15)
      x = Self.lanes(capacity)
      y = Self.lanes(capacity)
      z = Self.lanes(capacity)
      gradientX = Self.lanes(capacity)
      gradientY = Self.lanes(capacity)
      gradientZ = Self.lanes(capacity)
      neighbors = .allocate(capacity: capacity)
    }
    return capacity / Self.width
  }

  private static func lanes(_ count: Int) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer.allocate(byteCount: count * 8, alignment: 128).bindMemory(to: Double.self, capacity: count)
  }

  private func deallocateLanes() {
    for array in [x, y, z, gradientX, gradientY, gradientZ] { array.deallocate() }
    neighbors.deallocate()
  }
}
