import Diagnostics

/// An estimator of blocks of frames whose sums can be kept and put together block by block.
///
/// A run needs that: it does not know how many frames it will have, and a restart continues it.
public protocol ResumableEstimator: FrameEstimator {
  /// All that was added, of an estimator of one block.
  var state: [Double] { get }

  /// Adds what an estimator of one block of the same length had counted to block `block`.
  /// - Throws: `Failure.input` where the state is of another shape.
  func add(state: [Double], toBlock block: Int) throws
}

/// Reads a state piece by piece.
struct StateReader {
  private let state: [Double]
  private var next = 0

  /// - Parameter count: how many numbers there must be.
  init(_ state: [Double], count: Int) throws {
    guard state.count == count else {
      throw Failure.input(
        "what an earlier part of the run counted does not fit this analysis",
        remedy: "restore its parameters, or give it another name")
    }
    self.state = state
  }

  /// Passes over `count` numbers and adds as many of them as there is room for.
  mutating func add(_ count: Int, to sums: inout [Double], _ room: Range<Int>) {
    for k in 0..<min(count, room.count) { sums[room.lowerBound + k] += state[next + k] }
    next += count
  }

  mutating func add(_ count: Int, to sums: inout [Int64], _ room: Range<Int>) {
    for k in 0..<min(count, room.count) { sums[room.lowerBound + k] += Int64(state[next + k]) }
    next += count
  }
}
