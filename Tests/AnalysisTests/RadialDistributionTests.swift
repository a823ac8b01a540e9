import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics
import Testing

/// Distances against sums over all images, in any cell; g(r) of crystals and of the ideal gas.
@Suite(.serialized) struct RadialDistributionTests {
  static let skewed = Matrix3(rows: Vector3(9, 0, 0), Vector3(2.1, 8, 0), Vector3(-1.5, 1.2, 7.5))
  static let pairs = [("Li", "S"), ("S", "Li"), ("Li", "Li"), ("S", "S")].map {
    SpeciesPair(Lattices.element($0), Lattices.element($1))
  }

  /// Ordered pairs by distance, the plain way.
  static func counted(_ frame: Configuration, _ pair: SpeciesPair, radius: Double, bins: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: bins)
    let heights = frame.cell.heights, vectors = frame.cell.vectors
    // Two positions may lie two cells outside on opposite sides.
    let images = (0..<3).map { frame.cell.periodic[$0] ? Int(radius / heights[$0]) + 6 : 0 }
    for i in 0..<frame.count where frame.elements[i] == pair.center {
      for j in 0..<frame.count where frame.elements[j] == pair.neighbor {
        for a in -images[0]...images[0] {
          for b in -images[1]...images[1] {
            for c in -images[2]...images[2] where i != j || a != 0 || b != 0 || c != 0 {
              let shift = Vector3(Double(a), Double(b), Double(c)) * vectors
              let r = (frame.positions[j] + shift - frame.positions[i]).length
              if r < radius { counts[Int(r * Double(bins) / radius)] += 1 }
            }
          }
        }
      }
    }
    return counts
  }

  static func distributions(
    _ frames: [Configuration], _ pairs: [SpeciesPair], radius: Double, bins: Int
  ) throws -> [RadialDistribution] {
    let estimator = try RadialDistributionEstimator(
      pairs, elements: frames[0].elements, radius: radius, binCount: bins, blocks: FrameBlocks(frameCount: frames.count))
    for (number, frame) in frames.enumerated() { try estimator.add(frame, number: number) }
    estimator.combine(over: .alone)
    return pairs.indices.map { estimator.result($0) }
  }

  @Test(arguments: [
    (Matrix3(diagonal: Vector3(9, 8, 7)), Periodicity.all), (skewed, .all), (skewed, Periodicity(true, false, true)),
    (skewed, Periodicity(false, false, true)), (Matrix3(diagonal: Vector3(9, 8, 7)), .none),
  ])
  func countsEveryImageOnce(_ vectors: Matrix3, _ periodic: Periodicity) throws {
    let symbols = (0..<40).map { $0 < 25 ? "Li" : "S" }
    var frame = Lattices.gas(symbols, vectors, periodic, seed: 7)
    // Wherever a program left the atoms: outside of the cell, too.
    for n in stride(from: 0, to: 40, by: 3) where periodic.a { frame.positions[n] += vectors[0] * Double(n % 5 - 2) }
    for radius in [2.5, 3.7, 9.5, 16.0] {
      for (pair, result) in zip(Self.pairs, try Self.distributions([frame], Self.pairs, radius: radius, bins: 37)) {
        #expect(result.counts == Self.counted(frame, pair, radius: radius, bins: 37), "\(pair.name) within \(radius)")
      }
    }
  }

  @Test func manyAtomsAndFewGiveTheSame() throws {
    let small = Lattices.gas((0..<30).map { $0 < 20 ? "Li" : "S" }, Self.skewed, seed: 3)
    let large = try small.replicated(SIMD3(4, 5, 6))
    let few = try Self.distributions([small], Self.pairs, radius: 6, bins: 50)
    for (few, many) in zip(few, try Self.distributions([large], Self.pairs, radius: 6, bins: 50)) {
      // An atom of a replicated cell is shifted by rounded sums: a pair at a bin's edge may move over it.
      let isClose = zip(few.counts, many.counts).allSatisfy { (few: Int, many: Int) -> Bool in abs(120 * few - many) <= 240 }
      #expect(isClose)
      let (fewSum, manySum) = (few.counts.reduce(0, +), many.counts.reduce(0, +))
      #expect(120 * fewSum == manySum)
    }
  }

  @Test func shellsOfFcc() throws {
    let frame = try Lattices.cubic(4.4, Lattices.fcc("Li"), count: 3)
    let pair = SpeciesPair(Lattices.element("Li"), Lattices.element("Li"))
    let shaken = (0..<20).map { Lattices.shaken(frame, width: 0.05, seed: UInt32($0)) }
    let result = try Self.distributions(shaken, [pair], radius: 6.5, bins: 325)[0]
    let shell = try #require(result.firstShell), minimum = try #require(shell.minimum)
    let nearest = 4.4 / 2.0.squareRoot()
    #expect(abs(shell.maximum - nearest) < 0.05)
    #expect(minimum > 3.4 && minimum < 4.2)
    #expect(result.coordinationNumber(within: minimum)?.value == 12)
    #expect(abs(result.coordinationNumber(within: 4.9)!.value - 18) < 1e-12)
    #expect(abs(result.coordinationNumber(within: 5.9)!.value - 42) < 1e-12)
    #expect(result.coordinationNumber(within: 7) == nil)
  }

  @Test func theIdealGasHasNoStructure() throws {
    let symbols = (0..<300).map { $0 < 200 ? "Li" : "S" }
    let cell = Matrix3(rows: Vector3(20, 0, 0), Vector3(4, 18, 0), Vector3(-3, 2, 19))
    let frames = (0..<40).map { Lattices.gas(symbols, cell, seed: UInt32(100 + $0)) }
    let all = [Self.pairs[0], Self.pairs[2], Self.pairs[3]]
    let results = try Self.distributions(frames, all, radius: 8, bins: 40)
    for result in results {
      let error = try #require(result.gError)
      for bin in result.g.indices where result.counts[bin] > 200 {
        // Like pairs are counted twice, so their counts scatter by √2 more than they would.
        let twice = result.pair.center == result.pair.neighbor ? 2.0 : 1
        let poisson = (twice / Double(result.counts[bin])).squareRoot()
        #expect(abs(result.g[bin] - 1) < 5 * poisson)
        #expect(error[bin] > 0.25 * poisson && error[bin] < 3 * poisson)
      }
      #expect(result.firstShell == nil)
    }
    let factor = StructureFactor(results, atomCount: 300, isComplete: true, largest: 12, count: 60)
    let total = try #require(factor.total)
    let isFlat = zip(factor.q, total).allSatisfy { (q: Double, s: Double) -> Bool in q < 1 || abs(s - 1) < 0.1 }
    #expect(isFlat)
  }

  /// ρ ∫ 4πr² (g − 1) sin(qr)/(qr): a crystal's peaks lie at its Bragg reflections.
  @Test func braggReflections() throws {
    let frame = try Lattices.cubic(4.0, Lattices.fcc("Li"), count: 6)
    let pair = SpeciesPair(Lattices.element("Li"), Lattices.element("Li"))
    let shaken = (0..<4).map { Lattices.shaken(frame, width: 0.15, seed: UInt32($0)) }
    let result = try Self.distributions(shaken, [pair], radius: 12, bins: 1200)[0]
    let factor = StructureFactor([result], atomCount: frame.count, isComplete: true, largest: 4, count: 400)
    let total = try #require(factor.total), peak = total.indices.max { total[$0] < total[$1] }!
    // (111) of fcc, the densest planes.
    let reflection = 2 * Double.pi * 3.0.squareRoot() / 4
    #expect(abs(factor.q[peak] - reflection) < 0.05)
    #expect(total[peak] > 2)
  }

  /// At a reciprocal lattice vector all of a perfect crystal's atoms scatter in phase, S = N; elsewhere none: S = 0.
  @Test func waveVectors() throws {
    let frame = try Lattices.cubic(4.0, Lattices.fcc("Li"), count: 3)
    let estimator = try ScatteringEstimator(
      [SpeciesPair(Lattices.element("Li"), Lattices.element("Li"))], elements: frame.elements, largest: 3.2)
    try estimator.add(frame, number: 0)
    estimator.combine(over: .alone)
    let (q, partial) = estimator.result
    // In units of the threefold cell's own: (333), the first reflection, is as long as the 24 of (511), which are none.
    let reflection = 2 * Double.pi / 12 * 27.0.squareRoot()
    var found = 0
    for (length, s) in zip(q, partial[0]) where length < reflection + 0.05 {
      let isReflection = abs(length - reflection) < 1e-9
      found += isReflection ? 1 : 0
      #expect(abs(s - (isReflection ? Double(frame.count) * 8 / 32 : 0)) < 1e-9 * Double(frame.count))
    }
    #expect(found == 1)
  }

  /// Both ways to the structure factors of a gas of dumbbells agree; the pair's distance is in the wave: 1 + sin(qd)/(qd).
  @Test func dumbbells() throws {
    let cell = Matrix3(rows: Vector3(25, 0, 0), Vector3(5, 24, 0), Vector3(-4, 3, 26)), length = 2.5
    let pair = SpeciesPair(Lattices.element("Li"), Lattices.element("Li")), count = 60
    let frames = (0..<30).map { seed -> Configuration in
      var frame = Lattices.gas([String](repeating: "Li", count: 2 * count), cell, seed: UInt32(seed))
      for n in 0..<count {
        let turn = CounterRandom(.test, seed: UInt32(seed)).normals(step: 9, id: UInt64(n))
        frame.positions[count + n] = frame.positions[n] + length * turn / turn.length
      }
      return frame
    }
    let estimator = try ScatteringEstimator([pair], elements: frames[0].elements, largest: 5)
    for (number, frame) in frames.enumerated() { try estimator.add(frame, number: number) }
    estimator.combine(over: .alone)
    let (q, direct) = estimator.result
    let transformed = StructureFactor(
      try Self.distributions(frames, [pair], radius: 11, bins: 1100), atomCount: 2 * count, isComplete: true,
      largest: 5, count: 50)
    for (q, s) in zip(q, direct[0]) where q > 1 {
      let exact = 1 + sin(q * length) / (q * length)
      #expect(abs(s - exact) < 0.15)
    }
    for (q, s) in zip(transformed.q, transformed.partial[0]) where q > 1 {
      let exact = 1 + sin(q * length) / (q * length)
      #expect(abs(s - exact) < 0.15)
    }
  }

  @Test func wrongInput() throws {
    let frame = Lattices.gas(["Li", "S"], Self.skewed, seed: 1), blocks = FrameBlocks(frameCount: 1)
    for (radius, bins) in [(0.0, 10), (-1.0, 10), (Double.nan, 10), (5.0, 0)] {
      #expect(throws: Failure.self) {
        try RadialDistributionEstimator(
          Self.pairs, elements: frame.elements, radius: radius, binCount: bins, blocks: blocks)
      }
    }
    let estimator = try RadialDistributionEstimator(
      Self.pairs, elements: frame.elements, radius: 5, binCount: 10, blocks: blocks)
    let wide = try RadialDistributionEstimator(
      Self.pairs, elements: frame.elements, radius: 1e5, binCount: 10, blocks: blocks)
    #expect(throws: Failure.self) { try wide.add(frame, number: 0) }
    var cluster = frame
    cluster.cell = .none
    #expect(throws: Failure.self) { try estimator.add(cluster, number: 0) }
    var broken = frame
    broken.positions[1].y = .nan
    #expect(throws: Failure.self) { try estimator.add(broken, number: 0) }
    for text in ["Li", "Li-Xx", "Li-S-P", ""] { #expect(throws: Failure.self) { try SpeciesPair(named: text) } }
    for text in ["Li-S", "Li-S:0", "Li-S:-1", "Li-S:x", "Li-S:2:3"] {
      #expect(throws: Failure.self) { try PairWithin(named: text) }
    }
  }
}
