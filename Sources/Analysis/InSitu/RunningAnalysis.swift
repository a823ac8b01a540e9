import Atomistics
import Communication

/// An analysis that a run feeds with frames, whatever its estimator: what it has counted can be kept and taken up again.
public protocol RunningAnalysis: AnyObject {
  /// Adds frame `number` of those that the analysis takes. Local; each frame comes to one rank alone.
  func add(_ frame: Configuration, number: Int) throws
  /// What this rank's frames added.
  var state: [Double] { get }
  /// Adds what a rank had counted.
  func add(state: [Double]) throws
  /// Forgets all frames.
  func clear() throws
  /// Of all ranks' frames; nothing is lost by it. Collective.
  func report(_ facts: TrajectoryFacts, over communicator: Communicator) throws -> any AnalysisReport
}

/// A running analysis by an estimator.
public final class EstimatorAnalysis<Estimator: ResumableEstimator>: RunningAnalysis {
  private var estimator: Estimator
  private let make: () throws -> Estimator
  private let makeReport: (Estimator, TrajectoryFacts) -> any AnalysisReport

  /// - Parameters:
  ///   - make: a new estimator, the same each time.
  ///   - report: of an estimator with all ranks' frames.
  public init(
    make: @escaping () throws -> Estimator, report: @escaping (Estimator, TrajectoryFacts) -> any AnalysisReport
  ) throws {
    (estimator, self.make, makeReport) = (try make(), make, report)
  }

  public func add(_ frame: Configuration, number: Int) throws { try estimator.add(frame, number: number) }

  public var state: [Double] { estimator.state }

  public func add(state: [Double]) throws { try estimator.add(state: state) }

  public func clear() throws { estimator = try make() }

  public func report(_ facts: TrajectoryFacts, over communicator: Communicator) throws -> any AnalysisReport {
    makeReport(try estimator.merged(into: make(), over: communicator), facts)
  }
}
