import Atomistics
import Communication
import Diagnostics

/// How like its start a structure stays: the cosine of the angle between the descriptor of each frame and that of one frame.
///
/// The value depends on the descriptor: compare only within one of them.
public final class SimilarityAnalysis: FrameEstimator {
  private let descriptor: any StructureDescriptor
  private let regions: [Region]
  private let against: Int
  private let frames: [Int]
  /// Of the frame that the others are compared with.
  private let reference: [[Double]?]
  /// [regions][frames]; NaN where there is nothing to compare.
  private var cosines: [[Double]]

  /// - Parameters:
  ///   - regions: empty: the whole structure.
  ///   - reference: what the frames are compared with: `frames[against]`.
  ///   - frames: the numbers in the file of those that will come.
  public init(
    _ descriptor: any StructureDescriptor, regions: [Region], reference: Configuration, against: Int, frames: [Int]
  ) throws {
    (self.descriptor, self.regions, self.against, self.frames) = (descriptor, regions, against, frames)
    self.reference = try descriptor.vectors(of: reference, number: frames[against], in: regions)
    cosines = self.reference.map { _ in [Double](repeating: 0, count: frames.count) }
  }

  public func add(_ frame: Configuration, number: Int) throws {
    for (region, vector) in try descriptor.vectors(of: frame, number: frames[number], in: regions).enumerated() {
      cosines[region][number] = Self.cosine(vector, reference[region])
    }
  }

  public func combine(over communicator: Communicator) { cosines = cosines.map { communicator.sum($0) } }

  /// - Parameter parameters: of the descriptor.
  public func report(of trajectory: Trajectory, parameters: [String: Double]) -> SimilarityReport {
    SimilarityReport(
      trajectory: TrajectoryFacts(trajectory), times: trajectory.time.times, frames: frames,
      method: descriptor.name, parameters: parameters, reference: frames[against],
      regions: regions.isEmpty ? ["all"] : regions.map(\.name),
      cosines: cosines.map { $0.map { $0.isFinite ? $0 : nil } })
  }

  /// NaN where a vector is missing or zero.
  static func cosine(_ a: [Double]?, _ b: [Double]?) -> Double {
    guard let a, let b else { return .nan }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }
}
