import ActiveLearning
import Atomistics
import Communication
import Diagnostics
import Formats
import PotentialKit

/// Makes an active set from a training set and writes it: `swmd activeset`.
public struct ActiveSetTask {
  public var potential: any ActiveSetPotential
  public var training: FrameSource
  public var mode: ActiveSetMode
  public var tolerance: Double
  public var output: String

  public init(
    potential: any ActiveSetPotential, training: FrameSource, mode: ActiveSetMode, tolerance: Double, output: String
  ) {
    (self.potential, self.training, self.mode) = (potential, training, mode)
    (self.tolerance, self.output) = (tolerance, output)
  }

  /// Collective; root writes the file. What there is to say to the user.
  public func run(progress: (String) -> Void) throws -> String {
    let world = Communicator.world
    let made = try ActiveSetConstruction(
      of: potential, from: training, mode: mode, tolerance: tolerance, progress: progress)
    try world.onRoot {
      let content = try made.file(for: potential, from: training)
      try AtomicFile.replace(output) { try $0.write(content) }
    }
    return summary(made)
  }

  private func summary(_ made: ActiveSetConstruction) -> String {
    let work = "\(made.exchangeCount) exchanges in \(made.sweepCount) sweeps"
    var lines = ["\(made.frameCount) frames, \(made.atomCount) atoms; \(work)"]
    for (index, block) in potential.activeSetBlocks(mode).enumerated() {
      let filled = made.filledCount(block: index), who = block.element.map { "\($0): " } ?? ""
      lines.append("\(who)\(filled) of \(block.width) rows from the training set" + Self.note(filled, block.width))
    }
    lines.append("grades of the training set:")
    return lines.joined(separator: "\n") + "\n" + made.grades.table + "\nwritten to \(output)"
  }

  private static func note(_ filled: Int, _ width: Int) -> String {
    filled == width ? "" : "; \(width - filled) directions are never reached and grade what reaches them far above 1"
  }
}
