import Atomistics
import Foundation
import PotentialKit

/// This thread's processor time, s: what others on the machine do counts less than on a wall clock.
public func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

/// Times what it passes on to another potential, without the setting up and gathering around it.
public final class TimedPotential: Potential {
  private let base: any Potential
  /// Of the last evaluation.
  public private(set) var seconds = 0.0

  public init(_ base: any Potential) { self.base = base }

  public var summary: PotentialSummary { base.summary }
  public var cutoff: Double { base.cutoff }
  public var addsForcesToGhosts: Bool { base.addsForcesToGhosts }
  public var hasActiveSet: Bool { base.hasActiveSet }
  public var givesVirials: Bool { base.givesVirials }
  public func bind(elements: [Element]) throws { try base.bind(elements: elements) }

  public func evaluate(
    _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput
  ) throws {
    let start = threadSeconds()
    try base.evaluate(atoms, neighbors, halo: halo, into: output)
    seconds = threadSeconds() - start
  }
}

/// Times of evaluations without grades, with grades at every step, and with grades at every tenth.
///
/// The three take turns in stretches of ten evaluations. What the machine's other work changes from one stretch to the
/// next, it changes for all three: overheads are medians of ratios between neighboring stretches.
public struct KernelTimes {
  /// What one stretch of ten evaluations took, s: the mean and the least.
  private struct Stretch {
    var mean, least: Double
  }

  private var bare: [Stretch] = [], graded: [Stretch] = [], sometimesGraded: [Stretch] = []
  /// eV.
  public private(set) var energy = 0.0
  public private(set) var largestGrade = 0.0
  public let atomCount: Int
  /// Inside the cutoff, a mean over the atoms.
  public let neighborCount: Double

  /// - Parameter turns: how many stretches of each kind.
  public init(_ potential: any Potential, _ configuration: Configuration, turns: Int) throws {
    let elements = potential.summary.elements
    let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5, elements: elements)
    let inside = try ReferenceSystem(configuration, cutoff: potential.cutoff, elements: elements)
    atomCount = configuration.count
    neighborCount = Double(inside.ranks[0].neighbors.offsets[atomCount]) / Double(atomCount)
    let timed = TimedPotential(potential)
    energy = try system.evaluate([timed]).energy
    if potential.hasActiveSet { largestGrade = try system.evaluate([timed], withGrades: true).grades?.max() ?? 0 }
    for _ in 0..<turns {
      bare.append(try Self.stretch(system, timed) { _ in false })
      guard potential.hasActiveSet else { continue }
      graded.append(try Self.stretch(system, timed) { _ in true })
      sometimesGraded.append(try Self.stretch(system, timed) { $0 == 5 })
    }
  }

  private static func stretch(
    _ system: ReferenceSystem, _ timed: TimedPotential, withGrades: (Int) -> Bool
  ) throws -> Stretch {
    let seconds = try (0..<10).map { step in
      _ = try system.evaluate([timed], withGrades: withGrades(step))
      return timed.seconds
    }
    return Stretch(mean: seconds.reduce(0, +) / 10, least: seconds.min() ?? 0)
  }

  /// µs an atom: the least and the median, and how much longer than without grades.
  public var summary: String {
    var lines = [
      String(
        format: "%d atoms, %.1f neighbors an atom; energy %.12g eV; µs an atom:", atomCount, neighborCount, energy),
      "without grades: \(line(bare))",
    ]
    if !graded.isEmpty {
      lines.append("at every step:  \(line(graded)); \(more(graded)); largest grade \(largestGrade)")
      lines.append("at every 10th:  \(line(sometimesGraded)); \(more(sometimesGraded))")
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ stretches: [Stretch]) -> String {
    let scale = 1e6 / Double(atomCount), least = stretches.map(\.least).min() ?? 0
    return String(format: "least %.3f, median %.3f", scale * least, scale * Self.median(stretches.map(\.mean)))
  }

  private func more(_ stretches: [Stretch]) -> String {
    let ratio = Self.median(zip(stretches, bare).map { $0.mean / $1.mean })
    return String(format: "%.1f %% more", 100 * (ratio - 1))
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
