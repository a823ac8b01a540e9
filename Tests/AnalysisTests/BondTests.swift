import Analysis
import Atomistics
import Communication
import Diagnostics
import Foundation
import Numerics
import Testing

/// Bonds with hysteresis: scripted distances, and frames dealt to several histories as ranks do it.
@Suite(.serialized) struct BondTests {
  private func results(_ distances: [Double], _ rule: String) throws -> BondResult {
    let cell = Matrix3(diagonal: Vector3(repeating: 30))
    let rule = try BondRule(named: rule)
    let elements = [Lattices.element("P"), Lattices.element("S")]
    let estimator = BondEstimator([rule], elements: elements, frameCount: distances.count)
    for (number, distance) in distances.enumerated() {
      // Over the boundary: bonds belong to atoms, wherever their images are.
      try estimator.add(
        Lattices.frame(cell, .all, [("P", Vector3(29, 0, 0)), ("S", Vector3(29 + distance - 30, 0, 0))]), number: number)
    }
    estimator.combine(over: .alone)
    return estimator.results[0]
  }

  @Test func hysteresis() throws {
    let distances = [2.9, 2.5, 2.8, 2.9, 3.1, 2.9, 2.5, 2.7, 3.5, 2.4]
    let result = try results(distances, "P-S:2.6:3.0")
    #expect(result.count == [0, 1, 1, 1, 0, 0, 1, 1, 0, 1])
    #expect(result.formed == [0, 1, 0, 0, 0, 0, 1, 0, 0, 1])
    #expect(result.broken == [0, 0, 0, 0, 1, 0, 0, 0, 1, 0])
    #expect(result.lifetime == 3)
    // Lives of 3 and 2 frames, and one bond of age 1 that still holds.
    #expect(result.survival == [1, 1, 0.5, 0])
    #expect(try results(distances, "P-S:2.6").count == [0, 1, 0, 0, 0, 0, 1, 0, 0, 1])
  }

  /// Every way to cut the frames gives what one history gives, and that is what the definition says.
  @Test func theCutsOfTheRanksDoNotShow() {
    let frameCount = 60, keys: [UInt64] = Array(0..<40)
    let random = CounterRandom(.test, seed: 5)
    // Random walks across both radii.
    var distances = keys.map { 2 + random.uniforms(step: 0, id: $0).x * 2 }
    let frames = (1...frameCount).map { step -> [Double] in
      for key in keys.indices { distances[key] += 0.5 * (random.uniforms(step: UInt64(step), id: UInt64(key)).x - 0.5) }
      distances = distances.map { max(2, min(4, $0)) }
      return distances
    }
    func pairs(_ frame: Int) -> [(key: UInt64, isWithinInner: Bool)] {
      keys.filter { frames[frame][Int($0)] < 3.0 }.map { ($0, frames[frame][Int($0)] < 2.6) }
    }
    var held = [Int64](repeating: 0, count: frameCount)
    for key in keys.indices {
      var isBonded = false
      for frame in 0..<frameCount {
        isBonded = frames[frame][key] < 2.6 || (isBonded && frames[frame][key] < 3.0)
        held[frame] += isBonded ? 1 : 0
      }
    }
    func run(_ cuts: [Int]) -> (counts: [BondCounts], last: [UInt64]) {
      var end: [BondEnd] = [], counts: [BondCounts] = []
      for (first, last) in zip([0] + cuts, cuts + [frameCount]) {
        var history = BondHistory(frameCount: frameCount)
        for frame in first..<last { history.add(pairs(frame), frame: frame) }
        end = history.settle(after: end)
        counts.append(history.counts)
      }
      return (counts, end.map(\.key))
    }
    func sum(_ parts: [BondCounts], _ values: (BondCounts) -> [Int64]) -> [Int64] {
      parts.map(values).reduce([Int64](repeating: 0, count: values(parts[0]).count)) { zip($0, $1).map(+) }
    }
    let whole = run([])
    #expect(whole.counts[0].held == held)
    let lives = whole.counts[0].lives.reduce(0, +)
    #expect(lives > 10)
    for cuts in [[1], [30], [59], [10, 11, 12], [20, 20, 40], [0, 7, 23, 50]] {
      let parts = run(cuts)
      #expect(sum(parts.counts, \.held) == held, "\(cuts)")
      #expect(sum(parts.counts, \.formed) == whole.counts[0].formed, "\(cuts)")
      #expect(sum(parts.counts, \.broken) == whole.counts[0].broken, "\(cuts)")
      #expect(sum(parts.counts, \.lives) == whole.counts[0].lives, "\(cuts)")
      #expect(parts.last == whole.last)
    }
  }

  @Test func wrongInput() throws {
    #expect(throws: Failure.self) { try BondRule(named: "P-S:3.0:2.6") }
    #expect(throws: Failure.self) { try BondRule(named: "P-S") }
    let frame = Lattices.frame(Matrix3(diagonal: Vector3(repeating: 5)), .all, [("P", .zero), ("S", Vector3(1, 0, 0))])
    let estimator = BondEstimator([try BondRule(named: "P-S:2.6")], elements: frame.elements, frameCount: 1)
    #expect(throws: Failure.self) { try estimator.add(frame, number: 0) }
  }
}
