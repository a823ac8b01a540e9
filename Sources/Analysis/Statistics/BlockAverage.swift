import Numerics

/// The mean of a quantity over contiguous blocks of a trajectory, which count as independent measurements.
///
/// H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91, 461 (1989). The 95 % interval is Student's for the few blocks.
public struct BlockAverage: Encodable, Equatable, Sendable {
  public let mean: Double
  /// Sample standard deviation of the blocks / √count; NaN with a single block.
  public let standardError: Double
  public let count: Int

  public init(_ values: [Double]) {
    precondition(!values.isEmpty)
    let n = Double(values.count), mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    (self.mean, count) = (mean, values.count)
    standardError = (variance / n).squareRoot()
  }

  /// Half the length of the 95 % interval.
  public var halfWidth95: Double { StudentT.quantile975(degreesOfFreedom: Double(count - 1)) * standardError }

  /// `count` ranges of equal length; frames that are left over are at the end, in none.
  public static func ranges(of frameCount: Int, count: Int) -> [Range<Int>] {
    let length = frameCount / count
    return (0..<count).map { $0 * length..<($0 + 1) * length }
  }
}
