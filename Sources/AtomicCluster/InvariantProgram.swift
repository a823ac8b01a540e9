import AtomicClusterFiles
import PotentialKit

/// The B functions of centers of one element over the rows of their product graph, in the order of the active set's columns.
///
///     B_f = Σ_j g_k(r_j) [rank 1],   B_f = Σ_ms C_ms Re Π A = Σ_terms factor x y
final class InvariantProgram {
  struct Term {
    var x, y: UInt32
    var factor: Double
  }

  /// Rank 1 of one neighbor species: the base functions in use, 1-based, and the function that each of them is.
  struct RankOne {
    var k: [Int]
    var targets: FixedArray<Int>
  }

  let count: Int
  /// [function + 1]: bounds of its terms.
  let bounds: FixedArray<Int>
  let terms: FixedArray<Term>
  /// [neighbor species]; none in GRACE/FS, where rank 1 is a product of one factor.
  let rankOne: [RankOne]

  /// - Parameter speciesCount: 0 where there is no rank 1 apart from products.
  init(_ functions: [InvariantFunction], terms: [[ProductGraph.Term]], speciesCount: Int) {
    count = functions.count
    var bounds = [0], all: [Term] = []
    for list in terms {
      all += list.map {
        Term(x: ProductProgram.offset($0.x), y: ProductProgram.offset($0.y), factor: $0.factor)
      }
      bounds.append(all.count)
    }
    self.bounds = FixedArray(bounds)
    self.terms = FixedArray(all)
    rankOne = (0..<speciesCount).map { species in
      let targets = functions.indices.filter { functions[$0].rank == 1 && functions[$0].species[0] == species }
      return RankOne(k: targets.map { functions[$0].n[0] }, targets: FixedArray(targets))
    }
  }

  /// B of rank 2 and more for eight centers, [function], `stride` slots apart; rank 1 as zero.
  func computeProducts(_ rows: UnsafeRawPointer, into values: UnsafeMutableRawPointer, stride: Int) {
    for function in 0..<count {
      var even = Double8.zero, odd = Double8.zero
      var index = bounds.base[function]
      let end = bounds.base[function &+ 1]
      while index &+ 1 < end {
        let first = terms.base[index], second = terms.base[index &+ 1]
        even = even.adding(Double8.at(rows, first.x) * Double8(first.factor), times: Double8.at(rows, first.y))
        odd = odd.adding(Double8.at(rows, second.x) * Double8(second.factor), times: Double8.at(rows, second.y))
        index = index &+ 2
      }
      if index < end {
        let last = terms.base[index]
        even = even.adding(Double8.at(rows, last.x) * Double8(last.factor), times: Double8.at(rows, last.y))
      }
      (even + odd).store(values, slot: function &* stride)
    }
  }
}
