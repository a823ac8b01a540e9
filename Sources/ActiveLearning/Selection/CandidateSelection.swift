import Atomistics
import Communication
import Diagnostics
import PotentialKit

/// Picks, from many candidates, the frames that extend a potential's active sets: the worst first, until no grade is above a
/// threshold.
///
/// The frame with the largest grade is taken; maxvol brings what it has into the sets; all others are graded anew, and so on:
/// a frame like one that was taken is no longer extrapolation. (MLIP-3's `select_add` exchanges rows regardless of
/// which frame they come from; E. V. Podryabinkin et al., J. Chem. Phys. 159, 084112 (2023), doi:10.1063/5.0155887.)
/// Candidates are read in batches of bounded memory; only rows above 1 of frames above the threshold are kept, and sweeps
/// are repeated until no frame is above it. What is picked does not depend on how many ranks pick. Where a number of
/// frames is wanted, whatever their grades, rectangular maxvol goes on from there (`FrameFiller`).
public struct CandidateSelection {
  /// A frame that was picked.
  public struct Pick: Sendable {
    /// Counted over all files, in its file, and that file.
    public var number: Int
    public var index = 0
    public var path = ""
    /// Its largest grade when it was picked.
    public var grade: Double
    /// Of a frame beyond those of square maxvol: the length |c| of its longest row in terms of all rows picked before; its
    /// `grade` is that row's.
    public var length: Double?
    /// ln of the factor by which it enlarged the volume of the sets.
    public var gain = 0.0
    /// The atoms (from 0) whose rows are in the final sets; [-1] for the frame as a whole.
    public var atoms: [Int] = []
  }

  /// In the order in which they were picked, without those whose rows later ones displaced.
  public let picks: [Pick]
  /// Grades of all candidates with the potential's sets, and with the sets after the last pick.
  public let before: GradeStatistics
  public let after: GradeStatistics
  /// After the last pick of square maxvol; rows that were the potential's own have former origins.
  let sets: [ActiveSetMatrix]
  let mode: ActiveSetMode
  public let frameCount: Int
  public let sweepCount: Int

  /// Collective.
  /// - Parameters:
  ///   - threshold: at least 1; frames up to it are not picked.
  ///   - largestCount: no more frames than these are picked.
  ///   - isFilled: as many as these are picked, whatever their grades, where there are so many.
  ///   - tolerance: the largest coefficient that maxvol leaves in a frame that was picked.
  ///   - memory: bytes that a batch of rows and their coefficients may take on all ranks together.
  /// - Throws: `Failure.input` without an active set, and for candidates that cannot be read or have unknown elements.
  public init(
    for potential: any ActiveSetPotential, from source: FrameSource, threshold: Double = 2, largestCount: Int = .max,
    isFilled: Bool = false, tolerance: Double = 1.001, memory: Int = 1 << 30, communicator: Communicator = .world,
    progress: (String) -> Void = { _ in }
  ) throws {
    let sets = try potential.requiredActiveSets()
    let evaluator = try communicator.together { try RowEvaluator(potential, mode: sets.mode) }
    let batches = RowBatches(evaluator, source, communicator, memory: memory)
    var chooser = FrameChooser(
      sets.matrices, threshold: threshold, tolerance: tolerance, largestCount: largestCount, communicator)
    var first: GradeStatistics?, last = GradeStatistics(), sweeps = 0
    // The threshold is above every coefficient that maxvol leaves, so sweeps end; ten are more than were ever needed.
    repeat {
      last = GradeStatistics()
      var hasCollected = false
      try batches.forEach { batch in
        let collected = chooser.collect(from: batch, statistics: &last)
        hasCollected = communicator.any(collected) || hasCollected
        if chooser.isFull(batches.capacity) { try chooser.choose(progress) }
      }
      sweeps += 1
      if first == nil { first = last }
      if !hasCollected || chooser.isDone { break }
      try chooser.choose(progress)
    } while sweeps < 10
    if chooser.hasPicked, chooser.isDone || sweeps == 10 {
      // Stopped by the count: the grades that are left have not been seen yet.
      last = GradeStatistics()
      try batches.forEach { _ = chooser.collect(from: $0, statistics: &last) }
    }
    before = (first ?? last).summed(over: communicator)
    after = last.summed(over: communicator)
    var picked = chooser.finalPicks
    if isFilled, picked.count < largestCount {
      var filler = FrameFiller(chooser.sets, after: picked, count: largestCount, communicator)
      try batches.forEach { filler.collect($0, capacity: batches.capacity) }
      filler.choose()
      picked = filler.picks
    }
    (self.sets, mode) = (chooser.sets.map(\.matrix), sets.mode)
    picks = try Self.located(picked, source, communicator)
    frameCount = batches.frameCount
    sweepCount = sweeps
  }

  /// Where the picked frames stand.
  private static func located(_ picks: [Pick], _ source: FrameSource, _ communicator: Communicator) throws -> [Pick] {
    let frames = try communicator.together { try source.frames(Set(picks.map(\.number))) }
    let places = Dictionary(uniqueKeysWithValues: frames.map { ($0.number, $0) })
    return picks.map { pick in
      var pick = pick
      if let frame = places[pick.number] { (pick.index, pick.path) = (frame.index, frame.path) }
      return pick
    }
  }
}

extension ActiveSetPotential {
  /// The active sets that the potential has, and what their rows stand for.
  /// - Throws: `Failure.input` where it has none.
  public func requiredActiveSets() throws -> (matrices: [ActiveSetMatrix], mode: ActiveSetMode) {
    guard let sets = activeSets, let mode = activeSetMode else { throw noActiveSet }
    return (sets, mode)
  }
}

extension Potential {
  /// - Throws: `Failure.input` where the potential has no active set, or could have none, so that it gives no grades.
  public func requireActiveSet() throws {
    guard !hasActiveSet else { return }
    try (self as? any ActiveSetPotential)?.requireRows()
    throw noActiveSet
  }

  fileprivate var noActiveSet: Failure {
    .input(
      "the potential has no active set, so it cannot tell how far outside its training set a structure is",
      at: summary.file.map { Place(file: $0) },
      remedy: "make one from its training set by swmd activeset, or name a file that has one by --active-set")
  }
}
