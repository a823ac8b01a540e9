// S_AB(q) = 1 + (⟨Re ρ_A(q) ρ_B(q)*⟩/√(N_A N_B) − δ_AB)/√(c_A c_B),  ρ_A(q) = Σ_i exp(i q·r_i)   (Faber–Ziman)
//
// over the wave vectors q = 2π (h, k, l) h⁻ᵀ of the cell, which no window blurs and no radius cuts: the exact form where
// there are few enough of them. J.-P. Hansen and I. R. McDonald, Theory of Simple Liquids, 4th ed. (2013), section 4.1.
import Atomistics
import Communication
import Diagnostics
import Numerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Partial structure factors from the wave vectors of a fully periodic cell, averaged over shells of |q|.
public final class ScatteringEstimator: FrameEstimator {
  public let pairs: [SpeciesPair]
  /// 1/Å.
  public let largest: Double
  public static let shellWidth = 0.1
  static let mostWaveVectors = 500_000
  private let species: [Element]
  private let atoms: [[Int]]
  private let atomCount: Int
  /// [shells], wave vectors, sums of |q|; [pairs][shells], sums of Re ρ ρ*.
  private var weights: [Double]
  private var lengths: [Double]
  private var products: [[Double]]

  /// - Parameters:
  ///   - elements: of the atoms.
  ///   - largest: up to this |q|, 1/Å.
  /// - Throws: `Failure.input` for a wave vector that is not above 0.
  public init(_ pairs: [SpeciesPair], elements: [Element], largest: Double) throws {
    guard largest > 0, largest <= 1000 else {
      throw Failure.input("the largest wave vector is \(largest) 1/Å", remedy: "give one above 0, such as 4")
    }
    (self.pairs, self.largest, atomCount) = (pairs, largest, elements.count)
    let species = pairs.elements
    self.species = species
    atoms = species.map { element in elements.indices.filter { elements[$0] == element } }
    let shells = Int((largest / Self.shellWidth).rounded(.up))
    weights = [Double](repeating: 0, count: shells)
    lengths = weights
    products = pairs.map { _ in [Double](repeating: 0, count: shells) }
  }

  public func add(_ frame: Configuration, number: Int) throws {
    guard frame.cell.isFullyPeriodic, frame.cell.volume > 0 else {
      throw Failure.input("wave vectors need a cell that is periodic in all directions", remedy: "leave out --direct-q")
    }
    let reciprocal = 2 * Double.pi * frame.cell.vectors.inverse.transpose
    // |h| ≤ q |a|/2π for each index.
    let most = SIMD3<Int>(
      Int(largest * frame.cell.vectors[0].length / (2 * .pi)), Int(largest * frame.cell.vectors[1].length / (2 * .pi)),
      Int(largest * frame.cell.vectors[2].length / (2 * .pi)))
    guard (most.x + 1) * (2 * most.y + 1) * (2 * most.z + 1) <= 2 * Self.mostWaveVectors else {
      throw Failure.input(
        "the cell has more than \(Self.mostWaveVectors) wave vectors up to \(largest) 1/Å",
        remedy: "give a smaller --direct-q")
    }
    let inverse = frame.cell.vectors.inverse
    let waves = atoms.map { selection in PlaneWaves(selection.map { frame.positions[$0] * inverse }, most) }
    defer { waves.forEach { $0.deallocate() } }
    var densities = [SIMD2<Double>](repeating: .zero, count: species.count)
    for h in 0...most.x {
      for k in -most.y...most.y {
        // Of q and −q one is enough.
        if h == 0 && k < 0 { continue }
        waves.forEach { $0.prepare(h, k) }
        for l in -most.z...most.z where h > 0 || k > 0 || l > 0 {
          let length = (Vector3(Double(h), Double(k), Double(l)) * reciprocal).length
          guard length < largest else { continue }
          for kind in species.indices { densities[kind] = waves[kind].sum(l) }
          tally(densities, length)
        }
      }
    }
  }

  private func tally(_ densities: [SIMD2<Double>], _ length: Double) {
    let shell = min(Int(length / Self.shellWidth), weights.count - 1)
    weights[shell] += 1
    lengths[shell] += length
    for (n, pair) in pairs.enumerated() {
      let a = densities[species.firstIndex(of: pair.center)!], b = densities[species.firstIndex(of: pair.neighbor)!]
      products[n][shell] += (a * b).sum()
    }
  }

  public func combine(over communicator: Communicator) {
    weights = communicator.sum(weights)
    lengths = communicator.sum(lengths)
    products = products.map { communicator.sum($0) }
  }

  /// Shells that have a wave vector: mean |q|, 1/Å, and [pairs][shells] Faber–Ziman factors; after `combine`.
  public var result: (q: [Double], partial: [[Double]]) {
    let filled = weights.indices.filter { weights[$0] > 0 }
    let partial = pairs.indices.map { n -> [Double] in
      let (a, b) = (count(of: pairs[n].center), count(of: pairs[n].neighbor))
      return filled.map { shell in
        let scattered = products[n][shell] / weights[shell] / (a * b).squareRoot()
        return 1 + (scattered - (pairs[n].isLike ? 1 : 0)) * Double(atomCount) / (a * b).squareRoot()
      }
    }
    return (filled.map { lengths[$0] / weights[$0] }, partial)
  }

  private func count(of element: Element) -> Double { Double(atoms[species.firstIndex(of: element)!].count) }
}

/// exp(2πi h s) of some atoms for all indices along each direction, and sums of their products over the atoms.
private struct PlaneWaves {
  /// Atoms, filled up to whole vectors with waves of zero height.
  private let count: Int
  private let most: SIMD3<Int>
  /// Along a, b, c: [indices][real and imaginary][atoms].
  private let tables: [UnsafeMutablePointer<Double>]
  /// [real and imaginary][atoms], product of the waves along a and b.
  private let product: UnsafeMutablePointer<Double>

  /// - Parameter fractional: positions.
  init(_ fractional: [Vector3], _ most: SIMD3<Int>) {
    let count = (fractional.count + 7) & ~7
    (self.count, self.most) = (count, most)
    product = .allocate(capacity: 2 * count)
    tables = (0..<3).map { axis in
      let table = UnsafeMutablePointer<Double>.allocate(capacity: 2 * count * (most[axis] + 1))
      table.initialize(repeating: 0, count: 2 * count * (most[axis] + 1))
      for index in 0...most[axis] {
        for (atom, position) in fractional.enumerated() {
          let angle = 2 * .pi * (Double(index) * position[axis]).truncatingRemainder(dividingBy: 1)
          table[2 * count * index + atom] = cos(angle)
          table[2 * count * index + count + atom] = sin(angle)
        }
      }
      return table
    }
  }

  func deallocate() {
    product.deallocate()
    tables.forEach { $0.deallocate() }
  }

  /// The waves of h along a times those of k along b; h ≥ 0.
  func prepare(_ h: Int, _ k: Int) {
    let a = tables[0] + 2 * count * h, b = tables[1] + 2 * count * abs(k)
    let sign = SIMD8(repeating: k < 0 ? -1.0 : 1)
    for n in stride(from: 0, to: count, by: 8) {
      let (ar, ai, br, bi) = (eight(a, n), eight(a, count + n), eight(b, n), sign * eight(b, count + n))
      UnsafeMutableRawPointer(product + n).storeBytes(of: ar * br - ai * bi, as: SIMD8<Double>.self)
      UnsafeMutableRawPointer(product + count + n).storeBytes(of: ar * bi + ai * br, as: SIMD8<Double>.self)
    }
  }

  /// Real and imaginary part of Σ exp(i q·r) for what was prepared and l along c.
  func sum(_ l: Int) -> SIMD2<Double> {
    let c = tables[2] + 2 * count * abs(l), sign = SIMD8(repeating: l < 0 ? -1.0 : 1)
    var real = SIMD8<Double>.zero, imaginary = SIMD8<Double>.zero
    for n in stride(from: 0, to: count, by: 8) {
      let (pr, pi, cr, ci) = (eight(product, n), eight(product, count + n), eight(c, n), sign * eight(c, count + n))
      real += pr * cr - pi * ci
      imaginary += pr * ci + pi * cr
    }
    return SIMD2(real.sum(), imaginary.sum())
  }
}
