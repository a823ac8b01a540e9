/// A value with its standard error; nil where there is nothing to take it from.
public struct SampleEstimate: Equatable, Sendable {
  public var value: Double
  public var error: Double?

  public init(value: Double, error: Double?) { (self.value, self.error) = (value, error) }

  /// Of independent samples: the mean and s/√n.
  init(mean samples: [Double]) {
    let average = BlockAverage(samples)
    value = average.mean
    error = samples.count > 1 ? average.standardError : nil
  }

  /// Σa/Σb of paired samples, with the jackknife's error; nil where Σb is 0.
  init?(ratioOf a: [Double], to b: [Double]) {
    let sumA = a.reduce(0, +), sumB = b.reduce(0, +), count = Double(a.count)
    guard sumB > 0 else { return nil }
    value = sumA / sumB
    let without = zip(a, b).map { (sumA - $0) / (sumB - $1) }
    guard a.count > 1, without.allSatisfy(\.isFinite) else { return }
    let mean = without.reduce(0, +) / count
    error = ((count - 1) / count * without.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }
}
