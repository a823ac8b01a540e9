import Atomistics
import Communication
import Diagnostics

/// An average or a count over frames that takes each frame by itself: the same for files and during a run.
///
/// Each frame comes to one rank alone, in any order; then the ranks' sums are combined.
public protocol FrameEstimator: AnyObject {
  /// Adds frame `number` of those that count. Local.
  /// - Throws: `Failure.input` where the frame cannot be used.
  func add(_ frame: Configuration, number: Int) throws

  /// Sums over the ranks, after which every rank has the same result. Collective, once.
  func combine(over communicator: Communicator)
}

extension Trajectory {
  /// Runs estimators over all frames, reading each frame once. Collective.
  /// - Parameter progress: called on every rank with the part of its frames that is done.
  public func run(_ estimators: [any FrameEstimator], progress: (Double) -> Void = { _ in }) throws {
    var done = 0
    let total = Self.share(of: frameCount, communicator.rank, communicator.size).count
    try forEachFrame { number, frame in
      do {
        for estimator in estimators { try estimator.add(frame, number: number) }
      } catch let failure as Failure {
        throw named(failure, number)
      }
      done += 1
      progress(Double(done) / Double(total))
    }
    for estimator in estimators { estimator.combine(over: communicator) }
  }

  /// What an estimator says of a frame, with the frame's number in the file and the file.
  private func named(_ failure: Failure, _ number: Int) -> Failure {
    guard failure.place == nil else { return failure }
    var failure = failure
    (failure.message, failure.place) = ("frame \(frames[number]): \(failure.message)", Place(file: path))
    return failure
  }
}
