import Numerics

/// Resampling with replacement: what a statistic's spread over resampled data says of its error.
///
/// B. Efron, Ann. Statist. 7, 1 (1979). The random numbers depend on the seed, the replica and the place alone: the same on
/// every rank and in every run.
public struct Bootstrap: Sendable {
  public let replicaCount: Int
  private let random: CounterRandom

  public init(replicaCount: Int = 1000, seed: UInt32 = 1) {
    self.replicaCount = replicaCount
    random = CounterRandom(.bootstrap, seed: seed)
  }

  /// Which of `count` data replica `replica` takes, with repetitions.
  public func sample(of count: Int, replica: Int) -> [Int] {
    (0..<count).map { place in
      min(count - 1, Int(random.uniforms(step: UInt64(replica), id: UInt64(place)).x * Double(count)))
    }
  }

  /// The statistic of each resampling of `count` data: [replicas][values].
  public func replicas(of count: Int, _ statistic: ([Int]) -> [Double]) -> [[Double]] {
    (0..<replicaCount).map { statistic(sample(of: count, replica: $0)) }
  }

  /// The standard deviation of each value over replicas.
  public static func standardErrors(_ replicas: [[Double]]) -> [Double] {
    guard let first = replicas.first else { return [] }
    return first.indices.map { value in
      let n = Double(replicas.count), mean = replicas.reduce(0) { $0 + $1[value] } / n
      return (replicas.reduce(0) { $0 + ($1[value] - mean) * ($1[value] - mean) } / (n - 1)).squareRoot()
    }
  }

  /// The quantiles of each value over replicas that hold 95 % between them.
  public static func intervals95(_ replicas: [[Double]]) -> [ClosedRange<Double>] {
    guard let first = replicas.first else { return [] }
    return first.indices.map { value in
      let sorted = replicas.map { $0[value] }.sorted()
      return quantile(0.025, of: sorted)...quantile(0.975, of: sorted)
    }
  }

  /// With linear interpolation between the sorted values.
  static func quantile(_ part: Double, of sorted: [Double]) -> Double {
    let place = part * Double(sorted.count - 1), index = min(Int(place), max(0, sorted.count - 2))
    guard sorted.count > 1 else { return sorted[0] }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}
