import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics

/// Profiles of quantities across an axis, averaged over blocks of frames.
final class FrontProfiles: FrameEstimator {
  let quantities: [FrontQuantity]
  let axis: Int
  let binCount: Int
  let blocks: FrameBlocks
  /// [frames], by what part of the cell the reference frame has moved along the axis; empty: not at all.
  private let shifts: [Double]
  /// For coordinations only.
  private let grids: [SpeciesGrids?]
  /// [quantities][blocks][bins]: for densities atoms and Å³, for coordinations neighbors and centers, for mixtures atoms of
  /// the first element and of both.
  private var sums: [Double]
  private var weights: [Double]
  /// [blocks], Å, summed over the frames.
  private var heights: [Double]
  private var frames: [Double]

  init(
    _ quantities: [FrontQuantity], elements: [Element], axis: Int, binCount: Int, blocks: FrameBlocks, shifts: [Double]
  ) {
    (self.quantities, self.axis, self.binCount, self.blocks, self.shifts) = (quantities, axis, binCount, blocks, shifts)
    grids = quantities.map { quantity in
      guard case .coordination(let pair, let radius) = quantity else { return nil }
      return SpeciesGrids([pair].elements, of: elements, radius: radius)
    }
    sums = [Double](repeating: 0, count: quantities.count * blocks.count * binCount)
    weights = sums
    heights = [Double](repeating: 0, count: blocks.count)
    frames = heights
  }

  func add(_ frame: Configuration, number: Int) throws {
    guard frame.cell.volume > 0 else {
      throw Failure.input("frame \(number) has no cell, so there is no axis along which a front could move")
    }
    let block = blocks.block(of: number)
    heights[block] += frame.cell.heights[axis]
    frames[block] += 1
    for (n, quantity) in quantities.enumerated() {
      let row = (n * blocks.count + block) * binCount
      switch quantity {
      case .density(let element):
        for atom in frame.positions.indices where frame.elements[atom] == element {
          sums[row + bin(frame.positions[atom], frame.cell, number)] += 1
        }
        for bin in 0..<binCount { weights[row + bin] += frame.cell.volume / Double(binCount) }
      case .mixing(let pair):
        for atom in frame.positions.indices where [pair.center, pair.neighbor].contains(frame.elements[atom]) {
          let bin = bin(frame.positions[atom], frame.cell, number)
          sums[row + bin] += frame.elements[atom] == pair.center ? 1 : 0
          weights[row + bin] += 1
        }
      case .coordination(let pair, let radius):
        try addNeighbors(of: pair, within: radius, grids[n], frame, number, row)
      }
    }
  }

  private func addNeighbors(
    of pair: SpeciesPair, within radius: Double, _ grids: SpeciesGrids?, _ frame: Configuration, _ number: Int, _ row: Int
  ) throws {
    guard let grids else { return }
    try grids.fill(frame)
    let centers = grids.grid(of: pair.center)
    let counts = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, centers.count))
    defer { counts.deallocate() }
    var visitor = NeighborCount(
      neighbors: grids.grid(of: pair.neighbor), radius: radius, isLike: pair.isLike, counts: counts)
    PairSearch.visit(grids.lattice, centers: centers, neighbors: grids.grid(of: pair.neighbor), &visitor)
    for center in 0..<centers.count {
      let bin = bin(Vector3(centers.x[center], centers.y[center], centers.z[center]), frame.cell, number)
      sums[row + bin] += Double(counts[center])
      weights[row + bin] += 1
    }
  }

  private func bin(_ position: Vector3, _ cell: Cell, _ number: Int) -> Int {
    var part = (position * cell.completed.inverse)[axis] - (shifts.isEmpty ? 0 : shifts[number])
    if cell.periodic[axis] { part -= part.rounded(.down) }
    return max(0, min(binCount - 1, Int(part * Double(binCount))))
  }

  func combine(over communicator: Communicator) {
    sums = communicator.sum(sums)
    weights = communicator.sum(weights)
    heights = communicator.sum(heights)
    frames = communicator.sum(frames)
  }

  /// Å, the mean over a block.
  func height(of block: Int) -> Double { heights[block] / frames[block] }

  /// [bins] of a block, smoothed by a Gaussian of `width` Å; nil where there is nothing to average over.
  func profile(_ quantity: Int, block: Int, width: Double, isPeriodic: Bool) -> [Double?] {
    let row = (quantity * blocks.count + block) * binCount
    let spread = width / (height(of: block) / Double(binCount))
    let sum = smoothed(sums[row..<row + binCount], by: spread, isPeriodic)
    let weight = smoothed(weights[row..<row + binCount], by: spread, isPeriodic)
    // Less than half an atom in all of the block's frames is none.
    let least = if case .density = quantities[quantity] { 0.0 } else { 0.5 }
    return zip(sum, weight).map { sum, weight in
      guard weight > least else { return nil }
      let part = sum / weight
      if case .mixing = quantities[quantity] { return 4 * part * (1 - part) }
      return part
    }
  }

  /// By a Gaussian of `width` bins; what would fall beyond an end that is not periodic is lost, from sums and weights alike.
  private func smoothed(_ values: ArraySlice<Double>, by width: Double, _ isPeriodic: Bool) -> [Double] {
    let values = Array(values), reach = min(Int((4 * width).rounded(.up)), binCount - 1)
    guard width > 0, reach > 0 else { return values }
    let kernel = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (width * width)) }, norm = kernel.reduce(0, +)
    return values.indices.map { bin in
      var sum = 0.0
      for offset in -reach...reach {
        let other = bin + offset
        if isPeriodic {
          sum += kernel[offset + reach] * values[((other % binCount) + binCount) % binCount]
        } else if values.indices.contains(other) {
          sum += kernel[offset + reach] * values[other]
        }
      }
      return sum / norm
    }
  }
}

extension Trajectory {
  /// By what part of the cell the reference frame has moved along an axis since the first frame: [frames]; empty for the
  /// cell itself. Collective.
  func motion(
    of reference: ReferenceFrame, along axis: Int, memory: Int, progress: (Double) -> Void
  ) throws -> [Double] {
    guard let weights = try communicator.together({ try reference.weights(of: self) }) else { return [] }
    var sum = [Double](repeating: 0, count: 3 * frameCount)
    try forEachSeries(of: .coordinates, memory: memory, progress: progress) { $0.addWeightedSum(weights, to: &sum) }
    let place = communicator.sum(sum)[axis * frameCount..<(axis + 1) * frameCount]
    return place.map { $0 - place[place.startIndex] }
  }
}
