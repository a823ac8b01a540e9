// Polyhedra A(B)_n share a corner, an edge or a face: two centers A with one, two, or three and more neighbors B in common.
import Atomistics
import Communication
import Diagnostics
import Numerics

/// How the polyhedra of neighbors around centers are linked, by blocks of time.
public final class PolyhedraEstimator: FrameEstimator {
  public let item: PairWithin
  public let blocks: FrameBlocks
  private let grids: SpeciesGrids
  private let table = NeighborTable()
  /// [blocks][4]: centers that share nothing, and those whose closest link is a corner, an edge, a face.
  private var centers: [Int64]
  /// [blocks][3]: pairs of centers that share a corner, an edge, a face.
  private var links: [Int64]

  /// - Throws: `Failure.input` for like species, which have no centers of their own.
  public init(_ item: PairWithin, elements: [Element], blocks: FrameBlocks) throws {
    guard !item.pair.isLike else {
      throw Failure.input("\(item.pair.name) has no polyhedra", remedy: "name two elements: center and corner")
    }
    (self.item, self.blocks) = (item, blocks)
    grids = SpeciesGrids([item.pair].elements, of: elements, radius: item.radius)
    centers = [Int64](repeating: 0, count: 4 * blocks.count)
    links = [Int64](repeating: 0, count: 3 * blocks.count)
  }

  /// Two centers, the second in a cell so many cells away: in a small cell an atom and its image are two centers.
  private struct Link: Hashable {
    var first, second: Int32
    var image: SIMD3<Int32>
  }

  public func add(_ frame: Configuration, number: Int) throws {
    try grids.fill(frame)
    let corners = grids.grid(of: item.pair.neighbor)
    table.fill(
      grids.lattice, centers: corners, neighbors: grids.grid(of: item.pair.center), radius: item.radius, isLike: false)
    var shared: [Link: Int] = [:]
    let inverse = frame.cell.completed.inverse
    for corner in 0..<corners.count {
      let row = table.row(corner)
      for a in row {
        for b in row where b > a {
          shared[link(a, b, frame, inverse), default: 0] += 1
        }
      }
    }
    tally(shared, block: blocks.block(of: number))
  }

  private func link(_ a: Int, _ b: Int, _ frame: Configuration, _ inverse: Matrix3) -> Link {
    let (first, second) = (table.atoms[a], table.atoms[b])
    let (from, to) = (table.vectors[a], table.vectors[b])
    let between = Vector3(to.x - from.x, to.y - from.y, to.z - from.z)
    let cells = (between - (frame.positions[Int(second)] - frame.positions[Int(first)])) * inverse
    let image = SIMD3<Int32>(truncatingIfNeeded: SIMD3<Int64>(cells.rounded(.toNearestOrEven)))
    let isOrdered = first != second ? first < second : (image.x, image.y, image.z) > (0, 0, 0)
    return isOrdered
      ? Link(first: first, second: second, image: image)
      : Link(first: second, second: first, image: SIMD3<Int32>.zero &- image)
  }

  private func tally(_ shared: [Link: Int], block: Int) {
    // 0 for alone, 1 to 3 for corner, edge, face.
    var closest: [Int32: Int] = [:]
    for (link, count) in shared {
      let kind = min(count, 3)
      links[3 * block + kind - 1] += 1
      for atom in [link.first, link.second] { closest[atom] = max(closest[atom] ?? 0, kind) }
    }
    centers[4 * block] += Int64(grids.grid(of: item.pair.center).count - closest.count)
    for kind in closest.values { centers[4 * block + kind] += 1 }
  }

  public func combine(over communicator: Communicator) {
    centers = communicator.sum(centers)
    links = communicator.sum(links)
  }

  /// After `combine`.
  public var result: PolyhedraResult {
    PolyhedraResult(
      item: item,
      fractions: (0..<blocks.count).map { block in
        let row = centers[4 * block..<4 * block + 4].map(Double.init), total = max(row.reduce(0, +), 1)
        return row.map { $0 / total }
      },
      links: (0..<blocks.count).map { block in
        links[3 * block..<3 * block + 3].map { Double($0) / Double(blocks.frames(of: block).count) }
      })
  }
}

/// Links between polyhedra by blocks of time.
public struct PolyhedraResult: Sendable {
  public let item: PairWithin
  /// [blocks][4], parts of the centers whose closest link is none, a corner, an edge, a face.
  public let fractions: [[Double]]
  /// [blocks][3], pairs of centers a frame that share a corner, an edge, a face.
  public let links: [[Double]]
}
