// g_AB(r) = V n_AB(r) / (N_A N'_B ΔV(r)),  ΔV = 4π/3 ((r + Δr)³ − r³),  N'_B = N_B, or N_B − 1 for like pairs.
//
// n_AB: ordered pairs of a frame with r ≤ distance < r + Δr; all images count, so the radius may exceed half the cell.
// M. P. Allen and D. J. Tildesley, Computer Simulation of Liquids, 2nd ed. (2017), section 8.2.
import Atomistics
import Communication
import Diagnostics
import Numerics

/// Counts the distances of pairs over frames.
public final class RadialDistributionEstimator: ResumableEstimator {
  public let pairs: [SpeciesPair]
  /// Å.
  public let radius: Double
  public let binCount: Int
  public let blocks: FrameBlocks
  private let grids: SpeciesGrids
  /// [pairs][blocks][bins + 1]; unordered pairs for like species.
  private var counts: [Int64]
  /// [blocks], Å³.
  private var volumes: [Double]
  private var frames: [Int64]

  /// - Parameters:
  ///   - pairs: neighbors around centers.
  ///   - elements: of the atoms.
  ///   - blocks: for the error bars.
  /// - Throws: `Failure.input` for a radius or a number of bins that is not above 0.
  public init(_ pairs: [SpeciesPair], elements: [Element], radius: Double, binCount: Int, blocks: FrameBlocks) throws {
    guard radius > 0, radius.isFinite else {
      throw Failure.input("--rmax is \(radius) Å", remedy: "give a radius above 0")
    }
    guard (1...1_000_000).contains(binCount) else {
      throw Failure.input("--bins is \(binCount)", remedy: "give a number from 1 to 1000000")
    }
    (self.pairs, self.radius, self.binCount, self.blocks) = (pairs, radius, binCount, blocks)
    grids = SpeciesGrids(pairs.elements, of: elements, radius: radius)
    counts = [Int64](repeating: 0, count: pairs.count * blocks.count * (binCount + 1))
    volumes = [Double](repeating: 0, count: blocks.count)
    frames = [Int64](repeating: 0, count: blocks.count)
  }

  public func add(_ frame: Configuration, number: Int) throws {
    guard frame.cell.volume > 0 else {
      throw Failure.input(
        "no cell, so there is no density that g(r) could be relative to",
        remedy: "give the frames a cell, or use 'swmd analyze coordination', which needs none")
    }
    try grids.fill(frame)
    let block = blocks.block(of: number)
    volumes[block] += frame.cell.volume
    frames[block] += 1
    counts.withUnsafeMutableBufferPointer { counts in
      for (n, pair) in pairs.enumerated() {
        let neighbors = grids.grid(of: pair.neighbor)
        var histogram = DistanceHistogram(
          neighbors: neighbors, radius: radius, binCount: binCount,
          counts: counts.baseAddress! + (n * blocks.count + block) * (binCount + 1))
        PairSearch.visit(
          grids.lattice, centers: grids.grid(of: pair.center), neighbors: neighbors, isHalf: pair.isLike, &histogram)
        histogram.finish()
      }
    }
  }

  public func combine(over communicator: Communicator) {
    counts = communicator.sum(counts)
    volumes = communicator.sum(volumes)
    frames = communicator.sum(frames)
  }

  /// Of one of the pairs, by its place; after `combine`.
  public func result(_ n: Int) -> RadialDistribution {
    let pair = pairs[n], factor: Int64 = pair.isLike ? 2 : 1
    let perBlock = (0..<blocks.count).map { block -> [Int] in
      let start = (n * blocks.count + block) * (binCount + 1)
      return counts[start..<start + binCount].map { Int(factor * $0) }
    }
    return RadialDistribution(
      pair: pair, radius: radius, centerCount: grids.atoms(of: pair.center).count,
      neighborCount: grids.atoms(of: pair.neighbor).count, counts: perBlock, frames: frames.map { Int($0) },
      volumes: volumes)
  }

  public var state: [Double] { (frames + counts).map { Double($0) } + volumes }

  public func add(state: [Double], toBlock block: Int) throws {
    var reader = try StateReader(state, count: 2 + pairs.count * (binCount + 1))
    reader.add(1, to: &frames, block..<block + 1)
    for n in pairs.indices {
      let start = (n * blocks.count + block) * (binCount + 1)
      reader.add(binCount + 1, to: &counts, start..<start + binCount + 1)
    }
    reader.add(1, to: &volumes, block..<block + 1)
  }
}

/// g(r) of one pair of species, with errors from blocks of frames.
public struct RadialDistribution: Sendable {
  public let pair: SpeciesPair
  public let centerCount: Int
  public let neighborCount: Int
  /// Å.
  public let binWidth: Double
  /// [bins], centers of the bins, Å.
  public let r: [Double]
  /// [bins], ordered pairs, summed over the frames.
  public let counts: [Int]
  /// [bins].
  public let g: [Double]
  /// [bins]; nil with one block.
  public let gError: [Double]?
  /// [bins], neighbors of a center within a bin's upper edge.
  public let coordination: [Double]
  /// [bins]; nil with one block.
  public let coordinationError: [Double]?
  /// Mean, Å³.
  public let volume: Double

  /// - Parameters:
  ///   - counts: [blocks][bins].
  ///   - volumes: [blocks], sums over the blocks' frames.
  init(
    pair: SpeciesPair, radius: Double, centerCount: Int, neighborCount: Int, counts: [[Int]], frames: [Int],
    volumes: [Double]
  ) {
    let binCount = counts[0].count, width = radius / Double(binCount)
    (self.pair, self.centerCount, self.neighborCount, binWidth) = (pair, centerCount, neighborCount, width)
    r = (0..<binCount).map { (Double($0) + 0.5) * width }
    let others = Double(pair.isLike ? neighborCount - 1 : neighborCount), centers = Double(centerCount)
    func distribution(_ counts: [Int], frames: Int, volume: Double) -> [Double] {
      let pairDensity = Double(frames) * centers * others / (volume / Double(frames))
      return counts.enumerated().map { bin, count in
        let low = Double(bin) * width, high = Double(bin + 1) * width
        return count == 0 ? 0 : Double(count) / (pairDensity * 4 / 3 * .pi * (high * high * high - low * low * low))
      }
    }
    func running(_ counts: [Int], frames: Int) -> [Double] {
      var sum = 0
      return counts.map { count in
        sum += count
        return Double(sum) / (centers * Double(frames))
      }
    }
    let frameCount = frames.reduce(0, +), volumeSum = volumes.reduce(0, +)
    volume = volumeSum / Double(frameCount)
    let total = (0..<binCount).map { bin in counts.reduce(0) { $0 + $1[bin] } }
    self.counts = total
    g = distribution(total, frames: frameCount, volume: volumeSum)
    coordination = running(total, frames: frameCount)
    gError = standardErrors(counts.indices.map { distribution(counts[$0], frames: frames[$0], volume: volumes[$0]) })
    coordinationError = standardErrors(counts.indices.map { running(counts[$0], frames: frames[$0]) })
  }

  /// Neighbors within `cutoff` (the bins up to the edge nearest to it), and the standard error.
  public func coordinationNumber(within cutoff: Double) -> (value: Double, error: Double?)? {
    let bin = Int((cutoff / binWidth).rounded()) - 1
    guard coordination.indices.contains(bin) else { return nil }
    return (coordination[bin], coordinationError?[bin])
  }
}
