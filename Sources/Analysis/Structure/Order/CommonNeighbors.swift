// Adaptive common neighbor analysis: an atom's structure from the signatures (common neighbors, bonds among them, longest
// chain of those bonds) of its bonds with the nearest 12 or 14 atoms, bonded within a cutoff that scales with their
// distances:
//
//   fcc  12 × 421                 cutoff (1 + √2)/2 · mean distance of the 12
//   hcp   6 × 421 and  6 × 422
//   ico  12 × 555
//   bcc   8 × 666 and  6 × 444    cutoff (1 + √2)/2 · ½ (2/√3 · mean of the first 8 + mean of the next 6)
//
// A. Stukowski, Modelling Simul. Mater. Sci. Eng. 20, 045021 (2012), section 2.4; J. D. Honeycutt and H. C. Andersen,
// J. Phys. Chem. 91, 4950 (1987).
import Numerics

/// What the neighbors of an atom look like.
public enum LocalStructure: UInt8, CaseIterable, Sendable {
  case other, fcc, hcp, bcc, icosahedral

  public var name: String { ["other", "fcc", "hcp", "bcc", "icosahedral"][Int(rawValue)] }
}

enum CommonNeighborAnalysis {
  /// Neighbors that `NearestNeighbors` must give.
  static let neighborCount = 14

  /// The structure around an atom from its up to 14 nearest neighbors, nearest first; other where there are fewer than 12.
  static func structure(_ nearest: NearestNeighbors, _ atom: Int) -> LocalStructure {
    let range = nearest.range(atom)
    let vectors = nearest.vectors
    return vectors.withUnsafeBufferPointer { all -> LocalStructure in
      let vectors = UnsafeBufferPointer(rebasing: all[range])
      let found = nearest.neighbors[range].prefix { $0 >= 0 }.count
      guard found >= 12 else { return .other }
      let factor = 0.5 * (1 + 2.0.squareRoot())
      let close = closePacked(vectors, cutoff: factor * meanLength(vectors, 0..<12))
      guard close == .other, found >= 14 else { return close }
      let first = meanLength(vectors, 0..<8) * 2 / 3.0.squareRoot(), second = meanLength(vectors, 8..<14)
      return bodyCentered(vectors, cutoff: factor * 0.5 * (first + second)) ? .bcc : .other
    }
  }

  private static func meanLength(_ vectors: UnsafeBufferPointer<SIMD4<Double>>, _ range: Range<Int>) -> Double {
    range.reduce(0) { $0 + vectors[$1].w.squareRoot() } / Double(range.count)
  }

  private static func closePacked(_ vectors: UnsafeBufferPointer<SIMD4<Double>>, cutoff: Double) -> LocalStructure {
    let bonds = BondGraph(vectors, count: 12, cutoff: cutoff)
    var counts = (fcc: 0, hcp: 0, ico: 0)
    for neighbor in 0..<12 {
      switch bonds.signature(neighbor) {
      case SIMD3(4, 2, 1): counts.fcc += 1
      case SIMD3(4, 2, 2): counts.hcp += 1
      case SIMD3(5, 5, 5): counts.ico += 1
      default: return .other
      }
    }
    if counts.fcc == 12 { return .fcc }
    if counts.fcc == 6 && counts.hcp == 6 { return .hcp }
    return counts.ico == 12 ? .icosahedral : .other
  }

  private static func bodyCentered(_ vectors: UnsafeBufferPointer<SIMD4<Double>>, cutoff: Double) -> Bool {
    let bonds = BondGraph(vectors, count: 14, cutoff: cutoff)
    var counts = (near: 0, far: 0)
    for neighbor in 0..<14 {
      switch bonds.signature(neighbor) {
      case SIMD3(6, 6, 6): counts.near += 1
      case SIMD3(4, 4, 4): counts.far += 1
      default: return false
      }
    }
    return counts == (8, 6)
  }
}

/// Which neighbors of an atom are bonded with each other, a bit a neighbor.
private struct BondGraph {
  /// [neighbors].
  private var bits = SIMD16<UInt16>.zero

  init(_ vectors: UnsafeBufferPointer<SIMD4<Double>>, count: Int, cutoff: Double) {
    let limit = cutoff * cutoff
    for i in 0..<count {
      for j in 0..<i {
        let d = vectors[i] - vectors[j]
        if d.x * d.x + d.y * d.y + d.z * d.z < limit {
          bits[i] |= 1 << UInt16(j)
          bits[j] |= 1 << UInt16(i)
        }
      }
    }
  }

  /// Of the bond with one neighbor: common neighbors, bonds among them, and bonds in the longest chain of those.
  func signature(_ neighbor: Int) -> SIMD3<Int> {
    let common = bits[neighbor]
    var bondCount = 0
    forEach(common) { bondCount += (bits[$0] & common).nonzeroBitCount }
    return SIMD3(common.nonzeroBitCount, bondCount / 2, longestChain(common))
  }

  /// The bonds of the connected part with the most of them.
  private func longestChain(_ common: UInt16) -> Int {
    var rest = common, longest = 0
    while rest != 0 {
      // Grow a part from its first atom until nothing joins.
      var part = rest & (0 &- rest), previous: UInt16 = 0
      while part != previous {
        previous = part
        forEach(previous) { part |= bits[$0] & common }
      }
      var bondCount = 0
      forEach(part) { bondCount += (bits[$0] & part).nonzeroBitCount }
      longest = max(longest, bondCount / 2)
      rest &= ~part
    }
    return longest
  }

  @inline(__always)
  private func forEach(_ set: UInt16, _ body: (Int) -> Void) {
    var rest = set
    while rest != 0 {
      body(rest.trailingZeroBitCount)
      rest &= rest &- 1
    }
  }
}
