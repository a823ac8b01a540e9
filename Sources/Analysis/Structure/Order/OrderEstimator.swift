import Atomistics
import Communication
import Diagnostics
import Formats

/// Local order over frames.
public final class OrderEstimator: FrameEstimator {
  public let options: OrderOptions
  private let frameCount: Int
  private let hosts: [Int32]
  private let guests: [Int32]?
  private let annotated: AnnotatedFrames?
  /// [frames][structures].
  private var structures: [Int64]
  /// [frames]: crystalline hosts, clusters, hosts of the largest.
  private var crystalline: [Int64]
  private var clusterCounts: [Int64]
  private var largest: [Int64]
  /// [frames], sums over hosts.
  private var q4, q6: [Double]
  /// [numbers of guests].
  private var guestHistogram = [Int64](repeating: 0, count: 25)

  /// - Parameter annotated: gets each frame with its order as columns.
  /// - Throws: `Failure.input` if there are no hosts or guests.
  public init(_ options: OrderOptions, of trajectory: Trajectory, annotated: AnnotatedFrames? = nil) throws {
    (self.options, self.annotated, frameCount) = (options, annotated, trajectory.frameCount)
    func indices(_ element: Element) throws -> [Int32] {
      try trajectory.atoms(of: element).map { Int32(truncatingIfNeeded: $0) }
    }
    hosts = try options.host.map(indices) ?? (0..<trajectory.atomCount).map { Int32(truncatingIfNeeded: $0) }
    guests = try options.guest.map(indices)
    structures = [Int64](repeating: 0, count: frameCount * LocalStructure.allCases.count)
    crystalline = [Int64](repeating: 0, count: frameCount)
    (clusterCounts, largest) = (crystalline, crystalline)
    q4 = [Double](repeating: 0, count: frameCount)
    q6 = q4
  }

  public func add(_ frame: Configuration, number: Int) throws {
    guard frame.positions.reduce(.zero, +).sum().isFinite else {
      throw Failure.input("a position is not finite")
    }
    let order = LocalOrder(frame, hosts: hosts, guests: guests, options)
    for structure in order.structures {
      structures[number * LocalStructure.allCases.count + Int(structure.rawValue)] += 1
    }
    crystalline[number] = Int64(order.clusterSizes.reduce(0, +))
    clusterCounts[number] = Int64(order.clusterSizes.count)
    largest[number] = Int64(order.clusterSizes.first ?? 0)
    (q4[number], q6[number]) = (order.q4.reduce(0, +), order.q6.reduce(0, +))
    for count in order.guestCounts ?? [] { guestHistogram[min(count, guestHistogram.count - 1)] += 1 }
    try annotated?.write(frame, order)
  }

  public func combine(over communicator: Communicator) {
    structures = communicator.sum(structures)
    crystalline = communicator.sum(crystalline)
    clusterCounts = communicator.sum(clusterCounts)
    largest = communicator.sum(largest)
    guestHistogram = communicator.sum(guestHistogram)
    (q4, q6) = (communicator.sum(q4), communicator.sum(q6))
  }

  /// After `combine`.
  public var result: OrderResult {
    let count = Double(hosts.count), kinds = LocalStructure.allCases.count
    let last = guestHistogram.lastIndex { $0 > 0 }
    return OrderResult(
      fractions: (0..<frameCount).map { frame in
        (0..<kinds).map { Double(structures[frame * kinds + $0]) / count }
      },
      crystalline: crystalline.map { Double($0) / count }, clusterCounts: clusterCounts.map { Int($0) },
      largestClusters: largest.map { Int($0) }, q4: q4.map { $0 / count }, q6: q6.map { $0 / count },
      guests: last.map { guestHistogram[...$0].map { Double($0) / (count * Double(frameCount)) } })
  }
}

/// Local order frame by frame.
public struct OrderResult: Sendable {
  /// [frames][structures], parts of the hosts.
  public let fractions: [[Double]]
  /// [frames], part of the hosts.
  public let crystalline: [Double]
  /// [frames].
  public let clusterCounts: [Int]
  /// [frames], hosts.
  public let largestClusters: [Int]
  /// [frames], means over the hosts.
  public let q4: [Double]
  public let q6: [Double]
  /// [numbers], part of the hosts with so many guests, over all frames; nil without guests.
  public let guests: [Double]?
}
