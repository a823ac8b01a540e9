import Atomistics
import Communication
import Diagnostics

/// How like its start a structure stays: the cosine of the angle between the descriptor of each frame and that of one frame.
///
/// The value depends on the descriptor: compare only within one of them.
public final class SimilarityAnalysis: FrameEstimator {
  private let descriptor: any StructureDescriptor
  private let regions: [Region]
  /// Of the frame that the others are compared with.
  private let reference: [[Double]?]
  /// [regions][frames]; NaN where there is nothing to compare.
  private var cosines: [[Double]]

  /// - Parameters:
  ///   - regions: empty: the whole structure.
  ///   - frameCount: how many frames will come.
  public init(
    _ descriptor: any StructureDescriptor, regions: [Region], reference: Configuration, frameCount: Int
  ) throws {
    (self.descriptor, self.regions) = (descriptor, regions)
    self.reference = try descriptor.vectors(of: reference, in: regions)
    cosines = self.reference.map { _ in [Double](repeating: 0, count: frameCount) }
  }

  public func add(_ frame: Configuration, number: Int) throws {
    for (region, vector) in try descriptor.vectors(of: frame, in: regions).enumerated() {
      cosines[region][number] = Self.cosine(vector, reference[region])
    }
  }

  public func combine(over communicator: Communicator) { cosines = cosines.map { communicator.sum($0) } }

  /// - Parameter against: the number of the frame that the others were compared with, of those that count.
  public func report(of trajectory: Trajectory, against: Int, parameters: [String: Double]) -> SimilarityReport {
    SimilarityReport(
      trajectory: TrajectoryFacts(trajectory), times: trajectory.time.times, frames: trajectory.frames,
      method: descriptor.name, parameters: parameters, reference: trajectory.frames[against],
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
