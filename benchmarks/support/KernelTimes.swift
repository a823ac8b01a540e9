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
/// The three take turns in runs of some evaluations, of which the first does not count: it finds the caches as another kind
/// left them. What the machine's other work changes from run to run, it changes for all three.
public struct KernelTimes {
  /// s, one an evaluation; with every tenth graded, the mean of ten.
  public private(set) var bare: [Double] = [], graded: [Double] = [], sometimesGraded: [Double] = []
  /// eV.
  public private(set) var energy = 0.0
  public private(set) var largestGrade = 0.0
  public let atomCount: Int
  /// Inside the cutoff, a mean over the atoms.
  public let neighborCount: Double

  public init(_ potential: any Potential, _ configuration: Configuration, runs: Int) throws {
    let elements = potential.summary.elements
    let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.5, elements: elements)
    let inside = try ReferenceSystem(configuration, cutoff: potential.cutoff, elements: elements)
    atomCount = configuration.count
    neighborCount = Double(inside.ranks[0].neighbors.offsets[atomCount]) / Double(atomCount)
    let timed = TimedPotential(potential)
    for _ in 0..<runs {
      for _ in 0..<4 {
        energy = try system.evaluate([timed]).energy
        bare.append(timed.seconds)
      }
      bare.remove(at: bare.count - 4)
      guard potential.hasActiveSet else { continue }
      for _ in 0..<4 {
        largestGrade = try system.evaluate([timed], withGrades: true).grades?.max() ?? 0
        graded.append(timed.seconds)
      }
      graded.remove(at: graded.count - 4)
      var sum = 0.0
      for step in 0..<10 {
        _ = try system.evaluate([timed], withGrades: step == 0)
        sum += timed.seconds
      }
      sometimesGraded.append(sum / 10)
    }
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

  private func line(_ seconds: [Double]) -> String {
    let times = seconds.map { $0 * 1e6 / Double(atomCount) }.sorted()
    return String(format: "least %.3f, median %.3f", times[0], times[times.count / 2])
  }

  private func more(_ seconds: [Double]) -> String {
    let ratios = [0, 1].map { part in
      let (a, b) = (seconds.sorted(), bare.sorted())
      return part == 0 ? a[0] / b[0] : a[a.count / 2] / b[b.count / 2]
    }
    return String(format: "%.1f %% and %.1f %% more", 100 * (ratios[0] - 1), 100 * (ratios[1] - 1))
  }
}
