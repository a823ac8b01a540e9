import Communication
import Numerics

/// What is taken of the motion in each segment of time.
enum MotionStatistic: Sendable, Equatable {
  /// ⟨Δx(m) Δy(m)⟩ of displacements over each lag.
  case displacements
  /// ⟨x(0) y(m)⟩ of currents.
  case correlations
  /// The power spectrum of currents.
  case periodogram
}

/// Correlations of the atoms with themselves in one segment of time, summed over the atoms and axes of each species.
final class SelfPart {
  let segment: Range<Int>
  private let statistic: MotionStatistic
  private let correlator: LagCorrelator
  private let room: LagCorrelator.Spectrum
  private var sums: [LagCorrelator.PairSum]

  init(segment: Range<Int>, statistic: MotionStatistic, largestLag: Int, speciesCount: Int) {
    (self.segment, self.statistic) = (segment, statistic)
    correlator = LagCorrelator(frameCount: segment.count, largestLag: min(largestLag, segment.count - 1))
    room = correlator.makeSpectrum()
    sums = (0..<speciesCount).map { [correlator] _ in correlator.emptySum() }
  }

  /// Adds a series of an atom of `species`: all frames, of which the segment counts.
  func add(_ series: UnsafePointer<Double>, species: Int) {
    correlator.transform(series + segment.lowerBound, into: room)
    correlator.add(room, room, to: &sums[species])
  }

  /// Sums over the ranks. Collective.
  func combine(over communicator: Communicator) {
    for species in sums.indices { sums[species].combine(over: communicator) }
  }

  /// [species][lags from 0].
  var values: [[Double]] {
    sums.map { statistic == .displacements ? correlator.displacements(of: $0) : correlator.correlation(of: $0) }
  }

  /// [species][species][lags from 0] of the species' collective series, [species][3][frames].
  func collective(_ series: [[Double]], frameCount: Int) -> [[[Double]]] {
    let count = series.count
    var sums = (0..<count * count).map { _ in correlator.emptySum() }
    for axis in 0..<3 {
      let spectra = series.map { _ in correlator.makeSpectrum() }
      withExtendedLifetime(series) {
        for (i, values) in series.enumerated() {
          values.withUnsafeBufferPointer {
            correlator.transform($0.baseAddress! + axis * frameCount + segment.lowerBound, into: spectra[i])
          }
        }
      }
    }
    return []
  }
}
