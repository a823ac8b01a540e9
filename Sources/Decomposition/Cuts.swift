import Diagnostics
import Numerics

/// Who owns which part of the cell: a binary tree of planes in fractional coordinates (recursive coordinate bisection).
///
/// A node of n ranks cuts its part in two: the first n/2 ranks (rounded down) own what lies below the plane, the others
/// the rest. Domains at the rim reach to infinity, so every point has exactly one owner. M. J. Berger and S. H.
/// Bokhari, IEEE Trans. Comput. C-36, 570 (1987), doi:10.1109/TC.1987.1676942.
public struct Cuts: Equatable, Sendable {
  struct Node: Equatable, Sendable {
    /// 0, 1, 2: across a, b, c.
    var axis: Int
    /// Fractional coordinate of the plane.
    var position: Double
  }

  public let rankCount: Int
  /// The heaviest rank over the mean by the weights that these cuts were made for: what they could not avoid is not
  /// tried again at each rebuild.
  public internal(set) var imbalance = 1.0
  /// Å; the heights of the cell that they were made for.
  var heights = Vector3.one
  /// In preorder: a node of n ranks is followed by the n/2 − 1 nodes below its plane, then by those above.
  var nodes: [Node]

  /// Planes at equal fractions across the first axis: a start, for those who then balance.
  init(rankCount: Int) {
    self.rankCount = rankCount
    nodes = Array(repeating: Node(axis: 0, position: 0.5), count: max(rankCount - 1, 0))
  }

  /// Whether a cell of these heights is so much longer or shorter along one direction, compared with the others, that
  /// other axes may be the ones to cut.
  func areForAnotherShape(than heights: Vector3) -> Bool {
    let ratio = heights / self.heights
    return rankCount > 1 && ratio.max() > 1.5 * ratio.min()
  }

  /// [number of ranks, imbalance, heights (3), axis, fraction, axis, fraction, ...], nodes in preorder: for checkpoints.
  public var encoded: [Double] {
    [Double(rankCount), imbalance, heights.x, heights.y, heights.z] + nodes.flatMap { [Double($0.axis), $0.position] }
  }

  /// Reads what `encoded` gave.
  /// - Throws: `Failure.input` if the numbers are not a tree of cuts.
  public init(encoded values: [Double]) throws {
    let damaged = Failure.input("the domain cuts are damaged", remedy: "restart from another checkpoint")
    guard let first = values.first, let count = Int(exactly: first), count >= 1, count <= values.count,
      values.count == 2 * count + 3, values[1] >= 1, values[1].isFinite,
      values[2..<5].allSatisfy({ $0 > 0 && $0.isFinite })
    else { throw damaged }
    rankCount = count
    imbalance = values[1]
    heights = Vector3(values[2], values[3], values[4])
    nodes = try (0..<count - 1).map { node in
      guard let axis = Int(exactly: values[5 + 2 * node]), 0..<3 ~= axis, values[6 + 2 * node].isFinite else {
        throw damaged
      }
      return Node(axis: axis, position: values[6 + 2 * node])
    }
  }

  /// The rank that owns a point in fractional coordinates.
  @inline(__always)
  func owner(of point: Vector3, _ nodes: UnsafeBufferPointer<Node>) -> Int {
    var node = 0
    var ranks = rankCount
    var first = 0
    while ranks > 1 {
      let below = ranks / 2
      if point[nodes[node].axis] < nodes[node].position {
        node &+= 1
        ranks = below
      } else {
        node &+= below
        first &+= below
        ranks &-= below
      }
    }
    return first
  }

  func owner(of point: Vector3) -> Int { nodes.withUnsafeBufferPointer { owner(of: point, $0) } }

  /// A rank's domain: low <= f < high along each axis, infinite at the rim.
  func domain(of rank: Int) -> Box {
    var box = Box.everything
    var node = 0
    var ranks = rankCount
    var first = 0
    while ranks > 1 {
      let below = ranks / 2
      let cut = nodes[node]
      if rank < first + below {
        box.high[cut.axis] = min(box.high[cut.axis], cut.position)
        node += 1
        ranks = below
      } else {
        box.low[cut.axis] = max(box.low[cut.axis], cut.position)
        node += below
        first += below
        ranks -= below
      }
    }
    return box
  }
}
