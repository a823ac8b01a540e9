// ρ_A(z) = ⟨atoms of A in the slab⟩ / V_slab; mass and charge densities are sums over A with the atoms' masses and charges.
import Atomistics
import Communication
import Diagnostics
import Numerics

/// Counts atoms in slabs, by blocks of time.
public final class DensityProfileEstimator: ResumableEstimator {
  public let slabs: Slabs
  public let blocks: FrameBlocks
  public let species: [Element]
  /// [atoms], places in `species`.
  private let kinds: [Int]
  /// [blocks][species][slabs].
  private var counts: [Int64]
  /// [blocks], sums over frames: volume, Å³, and height along the axis, Å.
  private var volumes: [Double]
  private var heights: [Double]

  /// - Parameter elements: of the atoms.
  public init(_ slabs: Slabs, species: [Element], elements: [Element], blocks: FrameBlocks) {
    (self.slabs, self.species, self.blocks) = (slabs, species, blocks)
    kinds = elements.map { species.firstIndex(of: $0)! }
    counts = [Int64](repeating: 0, count: blocks.count * species.count * slabs.count)
    volumes = [Double](repeating: 0, count: blocks.count)
    heights = volumes
  }

  public func add(_ frame: Configuration, number: Int) throws {
    let inFrame = try slabs.inFrame(frame)
    let block = blocks.block(of: number)
    volumes[block] += frame.cell.volume
    heights[block] += inFrame.height
    for (position, kind) in zip(frame.positions, kinds) {
      guard position.sum().isFinite else {
        throw Failure.input("a position is not finite")
      }
      counts[(block * species.count + kind) * slabs.count + inFrame.slab(of: position)] += 1
    }
  }

  public func combine(over communicator: Communicator) {
    counts = communicator.sum(counts)
    volumes = communicator.sum(volumes)
    heights = communicator.sum(heights)
  }

  public var state: [Double] { counts.map { Double($0) } + volumes + heights }

  public func add(state: [Double], toBlock block: Int) throws {
    let width = species.count * slabs.count
    var reader = try StateReader(state, count: width + 2)
    reader.add(width, to: &counts, block * width..<(block + 1) * width)
    reader.add(1, to: &volumes, block..<block + 1)
    reader.add(1, to: &heights, block..<block + 1)
  }

  /// [blocks][slabs], mean number density of a species, 1/Å³.
  public func density(of kind: Int) -> [[Double]] {
    (0..<blocks.count).map { block in
      let start = (block * species.count + kind) * slabs.count
      return counts[start..<start + slabs.count].map { Double($0) * Double(slabs.count) / volumes[block] }
    }
  }

  /// [slabs + 1], Å, of the mean cell.
  public var edges: [Double] {
    let height = heights.reduce(0, +) / Double(blocks.frameCount)
    return (0...slabs.count).map { Double($0) * height / Double(slabs.count) }
  }
}
