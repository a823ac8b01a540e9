import AtomicClusterFiles
import Atomistics
import Foundation

/// Cubic Hermite interpolation of the radial functions between nodes at j rc/n with their exact derivatives: what the format
/// defines as the model. Nodes are worked out when they are first needed.
package final class PlainRadialTable {
  package struct TooClose: Error {}

  let functions: PlainRadialFunctions
  private let nodeCount: Int
  private let isTabulated: Bool
  private var nodes: [Int: PlainRadialFunctions.Values] = [:]

  init(_ functions: PlainRadialFunctions, spacing: Double, isTabulated: Bool) {
    self.functions = functions
    nodeCount = functions.bond.tableNodeCount(spacing: spacing)
    self.isTabulated = isTabulated && functions.bond.radial.isTabulated
  }

  package func values(at distance: Double) throws -> PlainRadialFunctions.Values {
    guard isTabulated else { return functions.values(at: distance) }
    let rc = functions.bond.cutoff, x = distance * (Double(nodeCount) / rc), index = Int(x.rounded(.down))
    guard index > 0 else { throw TooClose() }
    guard index < nodeCount else { return .zero(functions.bond) }
    let low = node(index), high = node(index + 1), h = rc / Double(nodeCount), t = x - Double(index)
    let interpolate = { (a: Dual, b: Dual) in
      let d0 = a.derivative * h, d1 = b.derivative * h, rise = b.value - a.value
      let c2 = 3 * rise - d1 - 2 * d0, c3 = -2 * rise + d1 + d0
      return Dual(a.value + t * (d0 + t * (c2 + t * c3)), (d0 + t * (2 * c2 + 3 * t * c3)) / h)
    }
    return .init(
      g: zip(low.g, high.g).map(interpolate), r: zip(low.r, high.r).map(interpolate),
      core: interpolate(low.core, high.core))
  }

  private func node(_ index: Int) -> PlainRadialFunctions.Values {
    if let values = nodes[index] { return values }
    let values = functions.values(at: 1 / (Double(nodeCount) / functions.bond.cutoff) * Double(index))
    nodes[index] = values
    return values
  }
}
