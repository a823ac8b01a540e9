import Numerics
import PotentialKit

/// Centers of one element that wait to be graded together, and the inverse of its active set.
final class ActiveSetBlock {
  /// Centers of one product.
  private static var capacity: Int { 128 }
  private static var batchCount: Int { capacity / EnvironmentBatch.width }
  /// Sums that are this close to the largest in single precision may be the largest in double.
  private static var margin: Float { 0.99 }
  /// Where single precision is off by more than this, a tenth of the margin, all sums are worked out in double.
  private static var trusted: Double { 1e-3 }

  /// Number of functions, and of members of the active set.
  private let width: Int
  /// (A⁻¹)ᵀ, [member][function].
  private let inverse: FixedArray<Double>
  private let roundedInverse: FixedArray<Float>
  /// v as [batch][function][8].
  private var rows = ScratchBuffer()
  /// v as [function][center]; v A⁻¹ as [member][center].
  private let rounded: UnsafeMutablePointer<Float>
  private let products: UnsafeMutablePointer<Float>
  /// [batch][8]: the center of each lane and the number of centers.
  private let centers: UnsafeMutablePointer<Int32>
  private let counts: UnsafeMutablePointer<Int>
  private var filled = 0

  /// - Parameter inverse: A⁻¹, [function][member].
  init(_ inverse: DenseMatrix) {
    width = inverse.rows
    let transposed = inverse.transpose.elements
    self.inverse = FixedArray(transposed)
    roundedInverse = FixedArray(transposed.map { Float($0) })
    rows.reserve(slots: Self.batchCount * width)
    rounded = .allocate(capacity: Self.capacity * width)
    products = .allocate(capacity: Self.capacity * width)
    centers = .allocate(capacity: Self.capacity)
    counts = .allocate(capacity: Self.batchCount)
  }

  deinit {
    rounded.deallocate()
    products.deallocate()
    centers.deallocate()
    counts.deallocate()
  }

  var isFull: Bool { filled == Self.batchCount }

  func clear() { filled = 0 }

  /// - Parameters:
  ///   - values: B, [function][8].
  ///   - factors: what multiplies B, [density][8], or nil for 1.
  func append(
    _ batch: borrowing EnvironmentBatch, _ values: UnsafeRawPointer, functions: Int, factors: UnsafeRawPointer?,
    densities: Int
  ) {
    let target = rows.base + filled &* width &* Double8.slotBytes
    let column = UnsafeMutableRawPointer(rounded + filled &* EnvironmentBatch.width)
    let stride = Self.capacity &* MemoryLayout<Float>.stride
    for p in 0..<densities {
      let factor = factors.map { Double8.load($0, slot: p) } ?? Double8(1)
      for function in 0..<functions {
        let value = factor * Double8.load(values, slot: function), place = p &* functions &+ function
        value.store(target, slot: place)
        column.storeBytes(of: SIMD8<Float>(value.lanes), toByteOffset: place &* stride, as: SIMD8<Float>.self)
      }
    }
    for slot in 0..<batch.count { centers[filled &* EnvironmentBatch.width &+ slot] = batch.centers[slot] }
    counts[filled] = batch.count
    filled = filled &+ 1
  }

  /// Stores the larger of each center's grade and what is there, and empties the block.
  func finish(_ grades: UnsafeMutablePointer<Double>) {
    guard filled > 0 else { return }
    multiply(
      roundedInverse.base, strideA: width, rounded, strideB: Self.capacity, m: width, n: filled * EnvironmentBatch.width,
      k: width, into: products, strideC: Self.capacity)
    for batch in 0..<filled {
      let found = largestSums(batch)
      for lane in 0..<counts[batch] {
        // Compared so that a grade that is no number is kept.
        let grade = found[lane] > 0 ? found[lane] : largestOfAll(batch, lane)
        let atom = Int(centers[batch &* EnvironmentBatch.width &+ lane])
        grades[atom] = grades[atom] >= grade ? grades[atom] : grade
      }
    }
    filled = 0
  }

  private func products(_ batch: Int, member: Int) -> SIMD8<Float> {
    let place = member &* Self.capacity &+ batch &* EnvironmentBatch.width
    let v = UnsafeRawPointer(products + place).loadUnaligned(as: SIMD8<Float>.self)
    return v.replacing(with: -v, where: v .< 0)
  }

  /// The largest sum of each center in double precision; −1 where single precision does not tell which it is.
  private func largestSums(_ batch: Int) -> SIMD8<Double> {
    var largest = SIMD8<Float>.zero, found = SIMD8<Double>(repeating: -1)
    for member in 0..<width {
      let magnitudes = products(batch, member: member)
      largest.replace(with: magnitudes, where: magnitudes .> largest)
    }
    let limits = largest * Self.margin
    for member in 0..<width {
      let magnitudes = products(batch, member: member), candidates = magnitudes .>= limits
      let bits = unsafeBitCast(candidates, to: SIMD4<UInt64>.self)
      guard bits[0] | bits[1] | bits[2] | bits[3] != 0 else { continue }
      for lane in 0..<counts[batch] where candidates[lane] {
        let exact = abs(sum(member, batch, lane)), error = abs(exact - Double(magnitudes[lane]))
        if error > Self.trusted * exact { largest[lane] = .nan }
        found[lane] = max(found[lane], exact)
      }
    }
    // x − x is zero unless x overflowed, is no number, or was marked above.
    return found.replacing(with: -1, where: SIMD8<Double>(largest - largest) .!= 0)
  }

  private func largestOfAll(_ batch: Int, _ lane: Int) -> Double {
    (0..<width).reduce(0) { largest, member in
      let sum = abs(sum(member, batch, lane))
      return largest.isNaN || largest >= sum ? largest : sum
    }
  }

  /// Σ_f v_f (A⁻¹)_fc.
  @inline(__always)
  private func sum(_ member: Int, _ batch: Int, _ lane: Int) -> Double {
    let row = rows.base.assumingMemoryBound(to: Double.self) + (batch &* width &* EnvironmentBatch.width &+ lane)
    let weights = inverse.base + member &* width
    var sums = SIMD4<Double>.zero, function = 0
    while function &+ 4 <= width {
      let at = row + function &* EnvironmentBatch.width
      let weight = UnsafeRawPointer(weights + function).loadUnaligned(as: SIMD4<Double>.self)
      sums += SIMD4(at[0], at[8], at[16], at[24]) * weight
      function = function &+ 4
    }
    var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
    for rest in function..<width { sum += row[rest &* EnvironmentBatch.width] * weights[rest] }
    return sum
  }
}
