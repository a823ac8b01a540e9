import Numerics

/// A number with its error.
public struct Estimate: Sendable, Encodable, Equatable {
  public let value: Double
  public let standardError: Double
  /// Half the length of the 95 % interval: Student's t for the blocks' degrees of freedom.
  public let halfWidth95: Double

  public var interval95: [Double] { [value - halfWidth95, value + halfWidth95] }
}

/// Errors from the scatter over contiguous blocks: each an independent measurement, whatever the process.
///
/// A collective coefficient has one sample per origin of time, so no number of atoms helps, and models of independent atoms
/// do not apply. What is linear in the sample gets the blocks' standard error; what is not, the standard deviation over
/// bootstrap resamplings of the blocks, times √(b/(b − 1)) for the degree of freedom that resampling b blocks loses.
struct BlockUncertainty {
  let blocks: [TransportSample]
  /// Means over resampled blocks.
  private let replicas: [TransportSample]
  /// For 95 %.
  let studentFactor: Double

  init(_ blocks: [TransportSample], seed: UInt32) {
    self.blocks = blocks
    let bootstrap = Bootstrap(seed: seed)
    replicas = (0..<bootstrap.replicaCount).map { replica in
      TransportSample.mean(bootstrap.sample(of: blocks.count, replica: replica).map { blocks[$0] })
    }
    studentFactor = StudentT.quantile975(degreesOfFreedom: Double(blocks.count - 1))
  }

  /// The error of the whole trajectory's `value`, of a quantity that is linear in the sample.
  func linear(_ value: Double, _ quantity: (TransportSample) -> Double) -> Estimate {
    estimate(value, BlockAverage(blocks.map(quantity)).standardError)
  }

  /// Of any quantity.
  func general(_ value: Double, _ quantity: (TransportSample) -> Double) -> Estimate {
    estimate(value, bootstrapError(quantity))
  }

  func bootstrapError(_ quantity: (TransportSample) -> Double) -> Double {
    let count = Double(blocks.count)
    return Bootstrap.standardErrors(replicas.map { [quantity($0)] })[0] * (count / (count - 1)).squareRoot()
  }

  private func estimate(_ value: Double, _ error: Double) -> Estimate {
    Estimate(value: value, standardError: error, halfWidth95: studentFactor * error)
  }
}
