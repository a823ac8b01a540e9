// n_A(i) = Σ_j θ(r_c − r_ij) over the B around atom i of A, every image by itself; means over atoms, slabs and time.
import Atomistics
import Communication
import Diagnostics
import Numerics

/// Two species and the distance within which they count as neighbors, Å.
public struct PairWithin: Sendable {
  public var pair: SpeciesPair
  public var radius: Double

  public init(_ pair: SpeciesPair, within radius: Double) { (self.pair, self.radius) = (pair, radius) }

  /// From "P-S:2.6".
  public init(named text: String) throws {
    let (pair, radii) = try SpeciesPair.withRadii(text, count: 1...1)
    (self.pair, radius) = (pair, radii[0])
  }
}

/// Coordination numbers over frames: distributions by blocks of time, means by frame, and by slab where slabs are given.
public final class CoordinationEstimator: ResumableEstimator {
  /// Numbers from here on are counted together.
  public static let largestNumber = 24
  public let pairs: [PairWithin]
  public let blocks: FrameBlocks
  public let slabs: Slabs?
  private let grids: SpeciesGrids
  /// [pairs][frames], neighbors of all centers.
  private var perFrame: [Int64]
  /// [pairs][blocks][numbers], centers with so many neighbors.
  private var histogram: [Int64]
  /// [pairs][blocks][slabs], centers and their neighbors.
  private var centers: [Int64]
  private var neighbors: [Int64]
  /// [frames], Å; of the cell along the axis of the slabs.
  private var heights: [Double]
  private let counts = ScratchBuffer<Int32>()

  /// - Parameters:
  ///   - elements: of the atoms.
  ///   - blocks: of time.
  ///   - slabs: nil: no map over an axis.
  public init(_ pairs: [PairWithin], elements: [Element], blocks: FrameBlocks, slabs: Slabs? = nil) {
    (self.pairs, self.blocks, self.slabs) = (pairs, blocks, slabs)
    grids = SpeciesGrids(pairs.map(\.pair).elements, of: elements, radius: pairs.map(\.radius).max() ?? 1)
    perFrame = [Int64](repeating: 0, count: pairs.count * blocks.frameCount)
    histogram = [Int64](repeating: 0, count: pairs.count * blocks.count * (Self.largestNumber + 1))
    centers = [Int64](repeating: 0, count: pairs.count * blocks.count * (slabs?.count ?? 0))
    neighbors = centers
    heights = [Double](repeating: 0, count: blocks.frameCount)
  }

  public func add(_ frame: Configuration, number: Int) throws {
    try grids.fill(frame)
    let inFrame = try slabs?.inFrame(frame)
    if let inFrame { heights[number] = inFrame.height }
    for (n, item) in pairs.enumerated() {
      let grid = grids.grid(of: item.pair.center)
      let counts = self.counts.reserve(grid.count)
      var visitor = NeighborCount(
        neighbors: grids.grid(of: item.pair.neighbor), radius: item.radius, isLike: item.pair.isLike, counts: counts)
      PairSearch.visit(
        grids.lattice, centers: grid, neighbors: grids.grid(of: item.pair.neighbor), &visitor)
      visitor.finish()
      tally(n, frame: number, grid, counts, inFrame)
    }
  }

  private func tally(
    _ n: Int, frame: Int, _ grid: AtomGrid, _ counts: UnsafeMutablePointer<Int32>, _ slabs: Slabs.InFrame?
  ) {
    let part = n * blocks.count + blocks.block(of: frame)
    var sum: Int64 = 0
    for center in 0..<grid.count {
      let count = Int(counts[center])
      sum += Int64(count)
      histogram[part * (Self.largestNumber + 1) + min(count, Self.largestNumber)] += 1
      if let slabs {
        let slab = part * slabs.count + slabs.slab(of: Vector3(grid.x[center], grid.y[center], grid.z[center]))
        centers[slab] += 1
        neighbors[slab] += Int64(count)
      }
    }
    perFrame[n * blocks.frameCount + frame] = sum
  }

  public func combine(over communicator: Communicator) {
    perFrame = communicator.sum(perFrame)
    histogram = communicator.sum(histogram)
    centers = communicator.sum(centers)
    neighbors = communicator.sum(neighbors)
    heights = communicator.sum(heights)
  }

  public var state: [Double] { (perFrame + histogram + centers + neighbors).map { Double($0) } + heights }

  public func add(state: [Double], toBlock block: Int) throws {
    let slabCount = slabs?.count ?? 0, numbers = Self.largestNumber + 1, length = blocks.length
    var reader = try StateReader(state, count: pairs.count * (length + numbers + 2 * slabCount) + length)
    // The last block may be shorter.
    let frames = blocks.frames(of: block)
    func part(_ n: Int, _ width: Int) -> Range<Int> {
      let start = (n * blocks.count + block) * width
      return start..<start + width
    }
    for n in pairs.indices {
      let start = n * blocks.frameCount + frames.lowerBound
      reader.add(length, to: &perFrame, start..<start + frames.count)
    }
    for n in pairs.indices { reader.add(numbers, to: &histogram, part(n, numbers)) }
    for n in pairs.indices { reader.add(slabCount, to: &centers, part(n, slabCount)) }
    for n in pairs.indices { reader.add(slabCount, to: &neighbors, part(n, slabCount)) }
    reader.add(length, to: &heights, frames)
  }

  /// Of one of the pairs, by its place; after `combine`.
  public func result(_ n: Int) -> CoordinationResult {
    let atomCount = Double(grids.atoms(of: pairs[n].pair.center).count)
    let frames = (0..<blocks.frameCount).map { Double(perFrame[n * blocks.frameCount + $0]) / atomCount }
    func rows(_ values: [Int64], _ width: Int) -> [[Int]] {
      (0..<blocks.count).map { block in
        let start = (n * blocks.count + block) * width
        return values[start..<start + width].map { Int($0) }
      }
    }
    var result = CoordinationResult(
      item: pairs[n], perFrame: frames, histogram: rows(histogram, Self.largestNumber + 1), blocks: blocks)
    if let slabs {
      let height = heights.reduce(0, +) / Double(blocks.frameCount)
      result.map = CoordinationResult.Map(
        edges: (0...slabs.count).map { Double($0) * height / Double(slabs.count) },
        centers: rows(centers, slabs.count), neighbors: rows(neighbors, slabs.count))
    }
    return result
  }
}

/// Coordination numbers of one pair.
public struct CoordinationResult: Sendable {
  public let item: PairWithin
  /// [frames], mean over the centers.
  public let perFrame: [Double]
  /// [blocks][numbers], centers with 0, 1, 2, ... neighbors; the last has all larger numbers too.
  public let histogram: [[Int]]
  public let mean: Double
  /// From ten blocks of frames; nil with one frame.
  public let error: Double?
  public var map: Map?

  /// By block of time and slab.
  public struct Map: Sendable {
    /// [slabs + 1], Å.
    public let edges: [Double]
    /// [blocks][slabs].
    public let centers: [[Int]]
    let neighbors: [[Int]]

    /// [blocks][slabs], neighbors of a center; nil where there are no centers.
    public var mean: [[Double?]] {
      zip(centers, neighbors).map { zip($0, $1).map { $0 > 0 ? Double($1) / Double($0) : nil } }
    }
  }

  init(item: PairWithin, perFrame: [Double], histogram: [[Int]], blocks: FrameBlocks) {
    (self.item, self.perFrame, self.histogram) = (item, perFrame, histogram)
    mean = perFrame.reduce(0, +) / Double(perFrame.count)
    let parts = FrameBlocks(frameCount: perFrame.count)
    error = standardErrors(
      (0..<parts.count).map { part in
        let frames = parts.frames(of: part)
        return [perFrame[frames].reduce(0, +) / Double(frames.count)]
      })?[0]
  }

  /// [blocks][numbers], parts of the centers.
  public var fractions: [[Double]] {
    histogram.map { row in
      let total = Double(max(row.reduce(0, +), 1))
      return row.map { Double($0) / total }
    }
  }

  /// [numbers], parts of the centers over all blocks, as far as any center has so many neighbors.
  public var distribution: [Double] {
    let sums = histogram[0].indices.map { number in histogram.reduce(0) { $0 + $1[number] } }
    let total = Double(max(sums.reduce(0, +), 1)), last = sums.lastIndex { $0 > 0 } ?? 0
    return sums[...last].map { Double($0) / total }
  }
}
