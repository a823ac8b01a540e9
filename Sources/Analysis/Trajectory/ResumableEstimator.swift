import Communication
import Diagnostics

/// An estimator whose sums can be kept and merged: what a run needs, which a restart continues.
public protocol ResumableEstimator: FrameEstimator {
  /// All that was added so far, in a layout of the estimator's own.
  var state: [Double] { get }

  /// Adds what another estimator with the same parameters had added.
  /// - Throws: `Failure.input` where the state is of another shape.
  func add(state: [Double]) throws
}

extension ResumableEstimator {
  /// Adds the other ranks' sums in the order of ranks to `empty`, which is new. Collective.
  public func merged(into empty: Self, over communicator: Communicator) throws -> Self {
    for state in communicator.allGather(state) { try empty.add(state: state) }
    return empty
  }
}

/// What `add(state:)` throws.
enum ForeignState {
  static let failure = Failure.input(
    "what an earlier part of the run counted does not fit this analysis",
    remedy: "restore its parameters, or give it another name")
}
