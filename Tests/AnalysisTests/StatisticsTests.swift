import Analysis
import Communication
import Diagnostics
import Foundation
import Numerics
import Testing

@Suite(.serialized) struct StatisticsTests {
  private let random = CounterRandom(.test, seed: 5)

  private func normal(_ step: Int, _ id: Int) -> Double { random.normals(step: UInt64(step), id: UInt64(id)).x }

  @Test func aLineComesBackFromItsPoints() throws {
    let x = (0..<9).map(Double.init), y = x.map { 3 * $0 - 2 }
    let covariance = DenseMatrix(diagonal: x.map { 1 + $0 })
    for fit in [LineFit.ordinary(x: x, y: y), LineFit.generalized(x: x, y: y, covariance: covariance)] {
      let fit = try #require(fit)
      #expect(abs(fit.slope - 3) < 1e-12 && abs(fit.intercept + 2) < 1e-11 && fit.sumOfSquares < 1e-20)
      #expect(abs(zip(fit.slopeWeights, y).reduce(0) { $0 + $1.0 * $1.1 } - 3) < 1e-12)
      #expect(abs(zip(fit.interceptWeights, y).reduce(0) { $0 + $1.0 * $1.1 } + 2) < 1e-11)
    }
    #expect(LineFit.ordinary(x: [1, 1], y: [2, 3]) == nil)
  }

  /// Of a random walk y = Wiener process, generalized least squares takes the whole path's last increment alone.
  @Test func generalizedLeastSquaresIsBestForAWalk() throws {
    let x = (1...12).map(Double.init), count = x.count
    var walk = DenseMatrix(rows: count, columns: count)
    for i in 0..<count {
      for j in 0..<count { walk[i, j] = 0.25 * min(x[i], x[j]) }
    }
    let y = (0..<count).map { normal(1, $0) }
    let fit = try #require(LineFit.generalized(x: x, y: y, covariance: walk))
    #expect(abs(fit.slope - (y[count - 1] - y[0]) / 11) < 1e-12)
    #expect(abs(fit.covariance[0, 0] - 0.25 / 11) < 1e-14)
    // wᵀ Σ w, from the weights.
    let variance = (DenseMatrix(rows: 1, columns: count, elements: fit.slopeWeights) * walk * fit.slopeWeights)[0]
    #expect(abs(variance - 0.25 / 11) < 1e-14)
    #expect(LineFit.generalized(x: x, y: y, covariance: -1 * walk) == nil)
    let ordinary = try #require(LineFit.ordinary(x: x, y: y))
    let weights = ordinary.slopeWeights
    #expect((DenseMatrix(rows: 1, columns: count, elements: weights) * walk * weights)[0] > 0.25 / 11)
  }

  @Test func studentsQuantilesAreThoseOfTables() {
    for (freedom, quantile) in [
      (1.0, 12.7062047), (2, 4.30265273), (4, 2.77644511), (9, 2.26215716), (30, 2.04227246), (1e6, 1.95996637),
    ] {
      #expect(abs(StudentT.quantile975(degreesOfFreedom: freedom) / quantile - 1) < 1e-7)
    }
    #expect(StudentT.quantile975(degreesOfFreedom: 0) == .infinity)
  }

  @Test func blocksAndBootstrapAgreeOnTheErrorOfAMean() {
    let data = (0..<200).map { normal(2, $0) }
    let blocks = BlockAverage(data), bootstrap = Bootstrap(replicaCount: 2000)
    let replicas = bootstrap.replicas(of: data.count) { sample in [sample.reduce(0) { $0 + data[$1] } / 200] }
    #expect(abs(Bootstrap.standardErrors(replicas)[0] / blocks.standardError - 1) < 0.06)
    let interval = Bootstrap.intervals95(replicas)[0]
    #expect(abs((interval.upperBound - interval.lowerBound) / (2 * blocks.halfWidth95) - 1) < 0.08)
    #expect(replicas == bootstrap.replicas(of: data.count) { sample in [sample.reduce(0) { $0 + data[$1] } / 200] })
    #expect(BlockAverage.ranges(of: 17, count: 5) == [0..<3, 3..<6, 6..<9, 9..<12, 12..<15])
  }

  @Test func windowsAreReadAndChecked() throws {
    let window = try FitWindow("0.1:2")
    #expect(try window.lags(spacing: 0.1, largest: 20) == 1...20)
    #expect(try FitWindow("2:20").lags(spacing: 0.1, largest: 500) == 20...200)
    #expect(try FitWindow("0:2").lags(spacing: 0.1, largest: 20) == 1...20)
    for bad in ["", "1", "2:1", "1:1", "a:2", "1:2:3", "-1:2", "0:inf", ":"] {
      #expect(throws: Failure.self) { try FitWindow(bad) }
    }
    #expect(throws: Failure.self) { try window.lags(spacing: 0.1, largest: 19) }
    #expect(throws: Failure.self) { try window.lags(spacing: 1, largest: 100) }
    #expect(FitWindow.thinned(1...20, to: 60) == Array(1...20))
    let thinned = FitWindow.thinned(1...950, to: 60)
    #expect(thinned.count == 60 && thinned.first == 1 && thinned.last == 950 && thinned[1] == 17)
  }

  /// Against the sums over all windows.
  @Test func transformsGiveTheWindowAverages() {
    let n = 97, largest = 48
    let x = (0..<n).map { normal(3, $0) + 0.1 * Double($0) }, y = (0..<n).map { normal(4, $0) - 0.3 * Double($0) }
    let correlator = LagCorrelator(frameCount: n, largestLag: largest)
    let a = correlator.makeSpectrum(), b = correlator.makeSpectrum()
    var own = correlator.emptySum(), cross = correlator.emptySum()
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        correlator.transform(x.baseAddress!, into: a)
        correlator.transform(y.baseAddress!, into: b)
        correlator.add(a, a, to: &own)
        correlator.add(b, b, to: &own)
        correlator.add(a, b, to: &cross)
      }
    }
    own.combine(over: .alone)
    let msd = correlator.displacements(of: own), mixed = correlator.displacements(of: cross)
    let correlation = correlator.correlation(of: cross)
    for m in 0...largest {
      let windows = Double(n - m)
      var sums = SIMD3(0.0, 0, 0)
      for t in 0..<(n - m) {
        let dx = x[t + m] - x[t], dy = y[t + m] - y[t]
        sums += SIMD3(dx * dx + dy * dy, dx * dy, 0.5 * (x[t] * y[t + m] + x[t + m] * y[t]))
      }
      sums /= windows
      #expect(abs(msd[m] - sums.x) < 1e-10 && abs(mixed[m] - sums.y) < 1e-10 && abs(correlation[m] - sums.z) < 1e-10)
    }
  }

  @Test func theBrownianCovarianceIsThatOfTheModel() {
    let covariance = displacementCovariance(lags: [1, 2, 4], variances: [1, 4, 16], particleCount: 10, frameCount: 101)
    #expect(abs(covariance[0, 0] - 1 / 1000) < 1e-15 && abs(covariance[1, 2] - 4 * 4 / 1000) < 1e-15)
    #expect(covariance == covariance.transpose && CholeskyFactor(covariance) != nil)
    // A plateau: displacements of all lags scatter alike.
    #expect(CholeskyFactor(displacementCovariance(lags: [1, 2], variances: [1, 1], particleCount: 1, frameCount: 9)) == nil)
  }
}
