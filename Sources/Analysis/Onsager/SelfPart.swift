import Communication
import Numerics

/// What is taken of the motion in each segment of time.
enum MotionStatistic: Sendable, Equatable {
  /// ⟨Δx Δy⟩ of displacements over each lag.
  case displacements
  /// ⟨x(0) y(m)⟩ of currents.
  case correlations
  /// The power spectrum of currents.
  case periodogram
}

/// How the atoms of each species correlate with themselves in one segment of time.
protocol SelfPart: AnyObject {
  /// Adds the series of an atom of `species` along one axis: all frames, of which the segment counts.
  func add(_ series: UnsafePointer<Double>, species: Int)
  /// Sums over the ranks. Collective.
  func combine(over communicator: Communicator)
  /// [species][lags or frequencies from 0], summed over atoms and axes.
  var values: [[Double]] { get }
}

/// ⟨Δx²⟩ or ⟨x(0) x(m)⟩ up to the largest lag.
final class SelfCorrelation: SelfPart {
  private let segment: Range<Int>
  private let ofDisplacements: Bool
  private let correlator: LagCorrelator
  private let room: LagCorrelator.Spectrum
  private var sums: [LagCorrelator.PairSum]

  init(segment: Range<Int>, ofDisplacements: Bool, largestLag: Int, speciesCount: Int) {
    (self.segment, self.ofDisplacements) = (segment, ofDisplacements)
    let correlator = LagCorrelator(frameCount: segment.count, largestLag: min(largestLag, segment.count - 1))
    self.correlator = correlator
    room = correlator.makeSpectrum()
    sums = (0..<speciesCount).map { _ in correlator.emptySum() }
  }

  func add(_ series: UnsafePointer<Double>, species: Int) {
    correlator.transform(series + segment.lowerBound, into: room)
    correlator.add(room, room, to: &sums[species])
  }

  func combine(over communicator: Communicator) {
    for species in sums.indices { sums[species].combine(over: communicator) }
  }

  var values: [[Double]] {
    sums.map { ofDisplacements ? correlator.displacements(of: $0) : correlator.correlation(of: $0) }
  }
}

/// |F(f)|² of the series less their means, on the frequencies of the segment.
final class SelfSpectrum: SelfPart {
  private let segment: Range<Int>
  private let fourier: RealFourierTransform
  private(set) var values: [[Double]]

  init(segment: Range<Int>, speciesCount: Int) {
    self.segment = segment
    fourier = RealFourierTransform(length: segment.count)
    values = [[Double]](repeating: [Double](repeating: 0, count: fourier.frequencyCount), count: speciesCount)
  }

  func add(_ series: UnsafePointer<Double>, species: Int) {
    let real = fourier.real, spectrum = fourier.spectrum
    var mean = 0.0
    for t in segment { mean += series[t] }
    mean /= Double(segment.count)
    for t in segment { real[t - segment.lowerBound] = series[t] - mean }
    fourier.forward()
    values[species].withUnsafeMutableBufferPointer { power in
      for k in 0..<power.count { power[k] += (spectrum[k] * spectrum[k]).sum() }
    }
  }

  func combine(over communicator: Communicator) { values = values.map(communicator.sum) }
}
