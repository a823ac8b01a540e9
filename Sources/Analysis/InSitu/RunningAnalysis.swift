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
  func clear()
  /// Of all ranks' frames; nothing is lost by it. Collective.
  func report(_ facts: TrajectoryFacts, over communicator: Communicator) throws -> any AnalysisReport
}

/// A running analysis by an estimator, or rather by one for each block of frames: so the number of frames may grow.
public final class EstimatorAnalysis<Estimator: ResumableEstimator>: RunningAnalysis {
  private let blockLength: Int
  private let make: (FrameBlocks) throws -> Estimator
  private let makeReport: (Estimator, TrajectoryFacts) -> any AnalysisReport
  private var blocks: [Estimator] = []
  /// Numbers in the state of a block.
  private let width: Int

  /// - Parameters:
  ///   - blockLength: frames.
  ///   - make: an estimator of some blocks, otherwise the same each time.
  ///   - report: of an estimator with all ranks' frames.
  public init(
    blockLength: Int, make: @escaping (FrameBlocks) throws -> Estimator,
    report: @escaping (Estimator, TrajectoryFacts) -> any AnalysisReport
  ) throws {
    (self.blockLength, self.make, makeReport) = (blockLength, make, report)
    width = try make(FrameBlocks(frameCount: blockLength, length: blockLength)).state.count
  }

  public func add(_ frame: Configuration, number: Int) throws {
    let block = number / blockLength
    try makeBlocks(block + 1)
    try blocks[block].add(frame, number: number % blockLength)
  }

  private func makeBlocks(_ count: Int) throws {
    while blocks.count < count { blocks.append(try make(FrameBlocks(frameCount: blockLength, length: blockLength))) }
  }

  public var state: [Double] { blocks.flatMap(\.state) }

  public func add(state: [Double]) throws {
    let parts = Self.parts(of: state, width)
    try makeBlocks(parts.count)
    for (block, part) in parts.enumerated() { try blocks[block].add(state: part, toBlock: 0) }
  }

  public func clear() { blocks = [] }

  public func report(_ facts: TrajectoryFacts, over communicator: Communicator) throws -> any AnalysisReport {
    let total = try make(FrameBlocks(frameCount: facts.frames, length: blockLength))
    for state in communicator.allGather(state) {
      for (block, part) in Self.parts(of: state, width).enumerated() { try total.add(state: part, toBlock: block) }
    }
    return makeReport(total, facts)
  }

  private static func parts(of state: [Double], _ width: Int) -> [[Double]] {
    stride(from: 0, to: state.count, by: width).map { Array(state[$0..<min($0 + width, state.count)]) }
  }
}
