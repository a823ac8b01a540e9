import Foundation
import Numerics

/// Distances of pairs, each smeared to a Gaussian of width σ, as sums over the bins of a histogram:
///
///     H_k = Σ_pairs Φ((e_{k+1} − r)/σ) − Φ((e_k − r)/σ),   Φ the normal distribution, e_k the edges of the bins.
///
/// A pair adds the powers x⁰ … x¹⁵ of its offset x = (r − c)/σ from the center c of a cell of width σ/2, and the smearing is
/// done once a cell and not once a pair, by Taylor's series in x, with He_n the Hermite polynomials and φ = Φ′:
///
///     Σ Φ(y − x) = M_0 Φ(y) − φ(y) Σ_n M_n He_{n−1}(y)/n!,   M_n = Σ xⁿ,   |x| ≤ ¼: exact to rounding.
struct SmearedDistances: RunVisitor {
  /// In units of σ: a Gaussian's tail beyond it is lost in rounding.
  private static let tail = 8.5
  private static let order = 15

  let width: Double
  let binWidth: Double
  let binCount: Int
  private let limit: Double
  private let cellsPerLength: Double
  private let cellCount: Int
  private let x, y, z: UnsafeMutablePointer<Double>
  private let moments: UnsafeMutablePointer<SIMD16<Double>>

  /// How far pairs matter, Å.
  static func reach(rMax: Double, width: Double) -> Double { rMax + tail * width }

  /// - Parameters:
  ///   - width: σ, Å.
  ///   - neighbors: the candidates of the search.
  init(neighbors: AtomGrid, width: Double, binWidth: Double, binCount: Int) {
    (self.width, self.binWidth, self.binCount) = (width, binWidth, binCount)
    (x, y, z) = (neighbors.extendedX, neighbors.extendedY, neighbors.extendedZ)
    let reach = Self.reach(rMax: binWidth * Double(binCount), width: width)
    (limit, cellsPerLength) = (reach * reach, 2 / width)
    cellCount = Int(reach * cellsPerLength) + 2
    moments = .allocate(capacity: cellCount)
    moments.initialize(repeating: .zero, count: cellCount)
  }

  @inline(__always)
  mutating func visit(_ center: Int, at position: Vector3, _ runs: UnsafePointer<SIMD2<Int32>>, runCount: Int) {
    for run in 0..<runCount {
      for index in Int(runs[run].x)..<Int(runs[run].y) {
        let dx = x[index] - position.x, dy = y[index] - position.y, dz = z[index] - position.z
        let square = dx * dx + dy * dy + dz * dz
        if square < limit { add(square.squareRoot()) }
      }
    }
  }

  @inline(__always)
  private func add(_ distance: Double) {
    let scaled = distance * cellsPerLength, cell = Int(scaled)
    // A cell is σ/2 wide.
    let x = 0.5 * (scaled - Double(cell) - 0.5), square = x * x, fourth = square * square
    let low = SIMD4(1, x, square, square * x)
    let half = SIMD8(lowHalf: low, highHalf: low * fourth)
    moments[cell] += SIMD16(lowHalf: half, highHalf: half * (fourth * fourth))
  }

  /// H_k: [binCount]. Frees what the sums used.
  func finish() -> [Double] {
    defer { moments.deallocate() }
    var below = [Double](repeating: 0, count: binCount + 1)
    for cell in 0..<cellCount where moments[cell][0] > 0 {
      let center = (Double(cell) + 0.5) / cellsPerLength
      let first = max(0, Int(((center - Self.tail * width) / binWidth).rounded(.up)))
      let last = min(binCount, Int((center + Self.tail * width) / binWidth))
      if first <= last {
        for edge in first...last { below[edge] += smeared(moments[cell], (Double(edge) * binWidth - center) / width) }
      }
      // Edges far above the cell have all of it below them.
      for edge in stride(from: max(last, first - 1) + 1, through: binCount, by: 1) { below[edge] += moments[cell][0] }
    }
    return (0..<binCount).map { below[$0 + 1] - below[$0] }
  }

  /// Σ Φ(y − x) over a cell's pairs.
  private func smeared(_ moments: SIMD16<Double>, _ y: Double) -> Double {
    var sum = 0.0, hermite = (previous: 0.0, current: 1.0), factorial = 1.0
    for n in 1...Self.order {
      factorial *= Double(n)
      sum += moments[n] * hermite.current / factorial
      hermite = (hermite.current, y * hermite.current - Double(n - 1) * hermite.previous)
    }
    let density = exp(-0.5 * y * y) / (2 * Double.pi).squareRoot()
    return moments[0] * 0.5 * erfc(-y / 2.0.squareRoot()) - density * sum
  }
}
