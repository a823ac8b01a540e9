import Analysis
import Atomistics
import Diagnostics
import Foundation
import Numerics
import TestSupport
import Testing

@Suite(.serialized) struct SpectraTests {
  @Test func polygammaFunctionsHaveTheirKnownValues() {
    let euler = 0.577_215_664_901_532_9
    #expect(abs(digamma(1) + euler) < 1e-14 && abs(digamma(0.5) + euler + 2 * log(2)) < 1e-14)
    #expect(abs(digamma(4) - (11.0 / 6 - euler)) < 1e-14)
    #expect(abs(trigamma(1) - .pi * .pi / 6) < 1e-14 && abs(trigamma(0.5) - .pi * .pi / 2) < 1e-14)
    #expect(abs(trigamma(30) - trigamma(31) - 1.0 / 900) < 1e-16)
  }

  /// [components][frames] of x(t) = ρ x(t−1) + √(1 − ρ²) noise.
  private func autoregressive(_ ρ: Double, frames: Int, id: Int) -> [[Double]] {
    let noise = SyntheticTrajectory.noise(frames, id: id)
    return (0..<3).map { axis in
      var x = 0.0
      return noise.map { value in
        x = ρ * x + (1 - ρ * ρ).squareRoot() * value[axis]
        return x
      }
    }
  }

  /// S(0) of the process above is (1 + ρ)/(1 − ρ) times the interval: 4 fs · 9.
  @Test func theIntegralOfAnExponentialCorrelation() throws {
    let series = CurrentSeries(values: [autoregressive(0.8, frames: 20000, id: 1)], interval: 4)
    for range in [FrequencyRange.all, .best, .upTo(0.02)] {
      let analysis = try CepstralAnalysis(series, path: "x", range: range), estimate = analysis.estimate
      #expect(abs(estimate.zeroFrequency - 36) < 4 * estimate.standardError && estimate.relativeError < 0.06)
    }
    let all = try CepstralAnalysis(series, path: "x", range: .all).estimate
    // The cepstrum of this process is ρⁿ/n: the tenth coefficient is lost in noise.
    #expect((4...25).contains(all.coefficientCount) && all.frequencyLimit == 10000)
    let low = try CepstralAnalysis(series, path: "x", range: .upTo(0.02)).estimate
    #expect(low.coefficientCount < all.coefficientCount && low.frequencyLimit == 1600)
  }

  /// Theory's error is that of many realizations, with twice the coefficients of Akaike's criterion.
  @Test func theErrorIsTheScatter() throws {
    let estimates = try (0..<60).map { id in
      try CepstralAnalysis(
        CurrentSeries(values: [autoregressive(0.5, frames: 2000, id: 100 + id)], interval: 1), path: "x", range: .all
      ).doubled
    }
    let deviations = estimates.map { ($0.zeroFrequency / 3 - 1) / $0.relativeError }
    let rms = (deviations.reduce(0) { $0 + $1 * $1 } / 60).squareRoot()
    #expect((0.7...1.4).contains(rms), "\(rms)")
  }

  /// A current that is partly carried by another: what is left where the other vanishes is its own part.
  @Test func carriedCurrentsAreTakenOut() throws {
    let own = autoregressive(0.6, frames: 20000, id: 2), other = autoregressive(0.9, frames: 20000, id: 3)
    let first = zip(own, other).map { zip($0, $1).map { $0 + 2 * $1 } }
    let analysis = try CepstralAnalysis(CurrentSeries(values: [first, other], interval: 1), path: "x", range: .all)
    let estimate = analysis.estimate
    #expect(analysis.degreesOfFreedom == 2)
    #expect(abs(estimate.zeroFrequency - 4) < 4 * estimate.standardError)
    let matrix = try #require(analysis.matrix)
    for (i, j, exact) in [(0, 0, 4 + 4 * 19.0), (0, 1, 2 * 19.0), (1, 1, 19)] {
      #expect(abs(matrix.values[i, j] - exact) < 4 * matrix.standardErrors[i, j])
    }
    #expect(throws: Failure.self) {
      try CepstralAnalysis(CurrentSeries(values: [[first[0]], [other[0]]], interval: 1), path: "x", range: .all)
    }
  }

  /// Atoms that swing at two frequencies: the density of states has its lines there.
  @Test func densitiesOfStatesShowTheFrequencies() throws {
    let directory = try TemporaryDirectory(), frames = 2000, spacing = 0.01
    func angle(_ frequency: Double, _ t: Int) -> Double { 2 * Double.pi * frequency * Double(t) * spacing }
    let frequencies = [5.0, 12]
    let velocities: [[Vector3]] = (0..<frames).map { (t: Int) -> [Vector3] in
      frequencies.map { (f: Double) -> Vector3 in Vector3(cos(angle(f, t)), 0, sin(angle(f, t))) }
    }
    let positions = velocities.map { $0.map { _ in Vector3(1, 2, 3) } }
    let trajectory = try SyntheticTrajectory(["Li", "S"], spacing: spacing, positions: positions, velocities: velocities)
      .open(in: directory)
    var options = VelocityCorrelation.Options()
    options.frame = .raw
    let result = try VelocityCorrelation.run(trajectory, options)
    #expect(result.quantity == .velocities && abs(result.lags[1] - spacing) < 1e-9)
    for (s, f) in frequencies.enumerated() {
      for lag in [0, 3, 50] {
        #expect(abs(result.correlations[s][lag] - cos(angle(f, lag))) < 1e-9)
      }
      let density = result.densities[s], highest = density.max()
      let peak = try #require(density.firstIndex { $0 == highest })
      #expect(abs(result.frequencies[peak] - f) < 0.3)
      let step = result.frequencies[1]
      let area = step * (density.reduce(0, +) - 0.5 * density[0])
      #expect(abs(area - 1) < 0.02)
    }
    #expect(result.totalDensity.count == result.frequencies.count)
  }
}
