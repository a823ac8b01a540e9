import Communication
import Numerics

/// Time averages over all windows of a trajectory, by fast Fourier transforms:
///
/// correlation C(m) = Σ_t [x(t) y(t+m) + x(t+m) y(t)] / 2(n−m) and displacements M(m) = Σ_t Δx Δy / (n−m) with
/// Δx = x(t+m) − x(t), t = 0 ... n−m−1.
///
/// M(m) = S1(m) − 2 C(m), where S1 follows by recursion from Q(0) = 2 Σ x y, Q(m) = Q(m−1) − x(m−1)y(m−1) − x(n−m)y(n−m),
/// S1 = Q/(n−m), and C by zero padding. Sums over many pairs of series need one inverse transform, since they are kept in
/// frequency space. Sources: G. R. Kneller et al., Comput. Phys. Commun. 91, 191 (1995); V. Calandrini et al., Collection
/// SFN 12, 201 (2011).
public final class LagCorrelator {
  /// n.
  public let frameCount: Int
  public let largestLag: Int
  private let transform: RealFourierTransform

  /// Padded just so far that no window up to the largest lag meets the other end.
  public init(frameCount: Int, largestLag: Int) {
    precondition(frameCount > 0 && (0..<frameCount).contains(largestLag))
    (self.frameCount, self.largestLag) = (frameCount, largestLag)
    transform = RealFourierTransform(length: RealFourierTransform.fastLength(atLeast: frameCount + largestLag))
  }

  /// The sum of one kind of pair: Σ over pairs of series of the spectrum Re(X* Y), and of x(t) y(t).
  public struct PairSum {
    /// [frequencies].
    var spectrum: [Double]
    /// [frames].
    var products: [Double]

    /// Over the ranks. Collective.
    public mutating func combine(over communicator: Communicator) {
      spectrum = communicator.sum(spectrum)
      products = communicator.sum(products)
    }
  }

  public func emptySum() -> PairSum {
    PairSum(
      spectrum: [Double](repeating: 0, count: transform.frequencyCount), products: [Double](repeating: 0, count: frameCount))
  }

  /// A series with its spectrum.
  public final class Spectrum {
    fileprivate let values: UnsafeMutablePointer<SIMD2<Double>>
    fileprivate var series: UnsafePointer<Double>?
    fileprivate init(count: Int) { values = .allocate(capacity: count) }
    deinit { values.deallocate() }
  }

  /// Room for a spectrum; reuse it for one series after another.
  public func makeSpectrum() -> Spectrum { Spectrum(count: transform.frequencyCount) }

  /// Transforms a series of n frames, which must stay while the spectrum is used.
  public func transform(_ series: UnsafePointer<Double>, into spectrum: Spectrum) {
    load(series)
    transform.forward()
    spectrum.values.update(from: transform.spectrum, count: transform.frequencyCount)
    spectrum.series = series
  }

  /// Adds the pair of two transformed series, which may be the same.
  public func add(_ x: Spectrum, _ y: Spectrum, to sum: inout PairSum) {
    let a = x.values, b = y.values, p = x.series!, q = y.series!
    sum.spectrum.withUnsafeMutableBufferPointer { total in
      for k in 0..<total.count { total[k] += a[k].x * b[k].x + a[k].y * b[k].y }
    }
    sum.products.withUnsafeMutableBufferPointer { total in
      for t in 0..<total.count { total[t] += p[t] * q[t] }
    }
  }

  /// Adds a series of n frames paired with itself.
  public func add(_ series: UnsafePointer<Double>, to sum: inout PairSum) {
    load(series)
    transform.forward()
    let spectrum = transform.spectrum
    sum.spectrum.withUnsafeMutableBufferPointer { total in
      for k in 0..<total.count { total[k] += spectrum[k].x * spectrum[k].x + spectrum[k].y * spectrum[k].y }
    }
    sum.products.withUnsafeMutableBufferPointer { total in
      for t in 0..<total.count { total[t] += series[t] * series[t] }
    }
  }

  private func load(_ series: UnsafePointer<Double>) {
    transform.real.update(from: series, count: frameCount)
    (transform.real + frameCount).update(repeating: 0, count: transform.length - frameCount)
  }

  /// C(0 ... largest lag).
  public func correlation(of sum: PairSum) -> [Double] {
    for (k, value) in sum.spectrum.enumerated() { transform.spectrum[k] = SIMD2(value, 0) }
    transform.backward()
    let scale = 1 / Double(transform.length)
    return (0...largestLag).map { scale * transform.real[$0] / Double(frameCount - $0) }
  }

  /// M(0 ... largest lag).
  public func displacements(of sum: PairSum) -> [Double] {
    let correlation = correlation(of: sum), n = frameCount
    var q = 2 * sum.products.reduce(0, +)
    return (0...largestLag).map { lag in
      if lag > 0 { q -= sum.products[lag - 1] + sum.products[n - lag] }
      return lag == 0 ? 0 : q / Double(n - lag) - 2 * correlation[lag]
    }
  }
}
