import Diagnostics
import Numerics

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a potential gives for a `ReferenceSystem`, in the configuration's order of atoms.
public struct ReferenceResult {
  /// eV: the sum of `energies`.
  public var energy: Double
  /// eV, one an atom.
  public var energies: [Double]
  /// eV/Å, one an atom; what a potential added to ghosts has gone back to the owners.
  public var forces: [Vector3]
  /// W = Σ r ⊗ F = −dE/dε, eV.
  public var virial: Matrix3
  /// One an atom where they were asked for; zero where the potential gave none.
  public var grades: [Double]?
  /// Per-atom virials, eV, one an atom where they were asked for; zero where the potential gave none.
  public var virials: [Matrix3]?
  /// The sum of the outputs' `outOfRangeCount`.
  public var outOfRangeCount: Int
  /// The largest component of a force on a ghost, eV/Å: zero unless the potential adds forces to ghosts.
  public var largestGhostForce: Double
  /// The largest fourth lane of a force: must be zero.
  public var largestFourthLane: Double
  /// Whether every rank made the same sequence of exchanges.
  public var exchangesMatch: Bool
}

extension ReferenceSystem {
  /// Evaluates a potential on all ranks, each a thread of its own.
  ///
  /// - Parameters:
  ///   - potentials: one instance a rank, bound to `elements` already.
  ///   - withGrades: whether to ask for extrapolation grades.
  ///   - withVirials: whether to ask for per-atom virials.
  ///   - onlyForces: whether energies and virial may be left out.
  ///   - initial: what the output holds before: potentials must add to it. It is in the result.
  /// - Throws: what the lowest rank threw.
  public func evaluate(
    _ potentials: [any Potential], withGrades: Bool = false, withVirials: Bool = false, onlyForces: Bool = false,
    initial: Double = 0
  ) throws -> ReferenceResult {
    guard potentials.count == ranks.count else {
      throw Failure.input("there must be one instance of the potential for each of the \(ranks.count) ranks")
    }
    let board = ReferenceHalo.Board(rankCount: ranks.count)
    let outputs = ranks.map { RankOutput($0, initial: initial, withGrades: withGrades, withVirials: withVirials) }
    for rank in outputs { rank.output.needsOnlyForces = onlyForces }
    var failures = [(any Error)?](repeating: nil, count: ranks.count)
    try failures.withUnsafeMutableBufferPointer { failures in
      // Each thread writes its own element; all have ended before the buffer is read.
      nonisolated(unsafe) let failures = failures
      try runThreads(ranks.count) { rank in
        let halo = ReferenceHalo(rank, of: self.ranks, board: board)
        do {
          try potentials[rank].evaluate(
            self.ranks[rank].atoms, self.ranks[rank].neighbors, halo: halo, into: outputs[rank].output)
          if potentials[rank].addsForcesToGhosts {
            UnsafeMutableRawPointer(outputs[rank].output.forces)
              .withMemoryRebound(to: Double.self, capacity: 4 * self.ranks[rank].atoms.totalCount) {
                halo.reverse($0, width: 4)
              }
          }
        } catch { failures[rank] = error }
        board.rendezvous.leave()
      }
    }
    if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
    return gather(outputs, exchangesMatch: !board.rendezvous.isSpoiled)
  }

  private func gather(_ outputs: [RankOutput], exchangesMatch: Bool) -> ReferenceResult {
    var result = ReferenceResult(
      energy: 0, energies: Array(repeating: 0, count: count), forces: Array(repeating: .zero, count: count),
      virial: .zero, grades: outputs[0].output.grades.map { _ in Array(repeating: 0, count: count) },
      virials: outputs[0].output.virials.map { _ in Array(repeating: .zero, count: count) }, outOfRangeCount: 0,
      largestGhostForce: 0, largestFourthLane: 0, exchangesMatch: exchangesMatch)
    for (rank, mine) in zip(ranks, outputs) {
      for (local, atom) in rank.members.enumerated() {
        let force = mine.output.forces[local]
        result.energies[atom] = mine.output.energies[local]
        result.forces[atom] = Vector3(force.x, force.y, force.z)
        if let grades = mine.output.grades { result.grades?[atom] = grades[local] }
        if let virials = mine.output.virials {
          result.virials?[atom] = Matrix3(elements: (0..<9).map { virials[9 * local + $0] })
        }
      }
      for local in 0..<rank.atoms.totalCount {
        let force = mine.output.forces[local]
        result.largestFourthLane = max(result.largestFourthLane, abs(force.w))
        guard local >= rank.members.count else { continue }
        result.largestGhostForce = max(result.largestGhostForce, abs(force.x), abs(force.y), abs(force.z))
      }
      result.virial += mine.output.virial
      result.outOfRangeCount += mine.output.outOfRangeCount
    }
    result.energy = result.energies.reduce(0, +)
    return result
  }
}

/// A rank's output and its memory.
private final class RankOutput {
  let output: ForceOutput
  private let energies: UnsafeMutablePointer<Double>
  private let grades: UnsafeMutablePointer<Double>
  private let virials: UnsafeMutablePointer<Double>

  init(_ rank: ReferenceRank, initial: Double, withGrades: Bool, withVirials: Bool) {
    let owned = rank.members.count, total = rank.atoms.totalCount
    energies = .allocate(capacity: owned)
    energies.initialize(repeating: initial, count: owned)
    grades = .allocate(capacity: owned)
    grades.initialize(repeating: 0, count: owned)
    virials = .allocate(capacity: 9 * owned)
    virials.initialize(repeating: initial, count: 9 * owned)
    rank.atoms.force.update(repeating: SIMD4(initial, initial, initial, 0), count: owned)
    (rank.atoms.force + owned).update(repeating: .zero, count: total - owned)
    output = ForceOutput(
      forces: rank.atoms.force, energies: energies, grades: withGrades ? grades : nil,
      virials: withVirials ? virials : nil)
    output.virial = Matrix3(elements: Array(repeating: initial, count: 9))
  }

  deinit {
    energies.deallocate()
    grades.deallocate()
    virials.deallocate()
  }
}

/// Runs `body(0)` ... `body(count - 1)` at once and waits for all: the first here, each other on a thread of its own,
/// because ranks wait for one another.
private func runThreads(_ count: Int, _ body: @escaping (Int) -> Void) throws {
  final class Task {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }
  var threads: [pthread_t] = []
  for index in 1..<max(count, 1) {
    var thread = pthread_t()
    let task = Unmanaged.passRetained(Task { body(index) })
    let status = pthread_create(
      &thread, nil,
      { argument in
        argument.map { Unmanaged<Task>.fromOpaque($0).takeRetainedValue().body() }
        return nil
      }, task.toOpaque())
    guard status == 0 else { throw Failure.runtime("the system would not start a thread") }
    threads.append(thread)
  }
  body(0)
  for thread in threads { pthread_join(thread, nil) }
}
