import Analysis
import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Formats

struct OrderCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "order", abstract: "Crystalline or amorphous: local structure, bond order, clusters.",
    discussion: "swmd analyze order trajectory.nc --host S --guest Li --lattice fcc --write order.extxyz")

  @OptionGroup var options: AnalyzeOptions

  @Option(help: "The species whose lattice is looked at (default: all atoms as one lattice).")
  var host: String?

  @Option(help: "Crystalline is only a host with the right number of these around it.")
  var guest: String?

  @Option(help: "That number: one, or from:to.")
  var guests = "7:9"

  @Option(help: "The lattice of crystalline hosts: fcc, hcp, bcc, icosahedral or any.")
  var lattice = "any"

  @Option(help: "Write the frames with structure, q4, q6 and cluster of each atom to this extended XYZ file.")
  var write: String?

  func run() throws {
    let trajectory = try options.open()
    let (order, annotated) = try Communicator.world.together {
      let order = try orderOptions()
      _ = try OrderEstimator(order, of: trajectory)
      let annotated = try write.map { try AnnotatedFrames(path: $0, communicator: trajectory.communicator) }
      return (order, annotated)
    }
    let estimator = try OrderEstimator(order, of: trajectory, annotated: annotated)
    try trajectory.run([estimator], progress: options.progress("order"))
    try annotated?.finish()
    try options.finish(OrderReport(estimator, of: trajectory))
  }

  private func orderOptions() throws -> OrderOptions {
    var order = OrderOptions()
    order.host = try host.map { try element($0, "--host") }
    order.guest = try guest.map { try element($0, "--guest") }
    if let guest = order.guest, order.host == guest || order.host == nil {
      throw Failure.input("--guest \(guest) needs another species as --host", remedy: "give --host S --guest Li")
    }
    let bounds = guests.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard (1...2).contains(bounds.count), bounds[0] >= 0, bounds[bounds.count - 1] >= bounds[0] else {
      throw Failure.input("--guests is '\(guests)'", remedy: "give a number or a range such as 7:9")
    }
    order.guestCounts = bounds[0]...bounds[bounds.count - 1]
    guard lattice != "any" else { return order }
    guard let kind = LocalStructure.allCases.first(where: { $0 != .other && $0.name == lattice }) else {
      throw Failure.input("'\(lattice)' is no lattice", remedy: "use fcc, hcp, bcc, icosahedral or any")
    }
    order.lattice = kind
    return order
  }
}
