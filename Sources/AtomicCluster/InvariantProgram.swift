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

  /// A function and how many pairs of terms it has.
  private struct Sum {
    var function, pairs: Int
  }

  let count: Int
  /// Functions with terms, those with as many in a row: a loop that ends after as many steps as the last is predicted.
  private let sums: FixedArray<Sum>
  /// Of each sum, an even number of them.
  private let terms: FixedArray<Term>
  /// Functions without terms.
  private let empty: FixedArray<Int>
  /// [neighbor species]; none in GRACE/FS, where rank 1 is a product of one factor.
  let rankOne: [RankOne]

  /// - Parameter speciesCount: 0 where there is no rank 1 apart from products.
  init(_ functions: [InvariantFunction], terms: [[ProductGraph.Term]], speciesCount: Int) {
    count = functions.count
    var sums: [Sum] = [], all: [Term] = []
    let order = functions.indices.sorted { (terms[$0].count, $0) < (terms[$1].count, $1) }
    for function in order where !terms[function].isEmpty {
      all += terms[function].map {
        Term(x: ProductProgram.offset($0.x), y: ProductProgram.offset($0.y), factor: $0.factor)
      }
      if terms[function].count % 2 == 1 { all.append(Term(x: 0, y: 0, factor: 0)) }
      sums.append(Sum(function: function, pairs: (terms[function].count + 1) / 2))
    }
    empty = FixedArray(functions.indices.filter { terms[$0].isEmpty })
    self.sums = FixedArray(sums)
    self.terms = FixedArray(all)
    rankOne = (0..<speciesCount).map { species in
      let targets = functions.indices.filter { functions[$0].rank == 1 && functions[$0].species[0] == species }
      return RankOne(k: targets.map { functions[$0].n[0] }, targets: FixedArray(targets))
    }
  }

  /// B of rank 2 and more for eight centers, [function], `stride` slots apart; rank 1 as zero.
  func computeProducts(_ rows: UnsafeRawPointer, into values: UnsafeMutableRawPointer, stride: Int) {
    for index in 0..<empty.count { Double8.zero.store(values, slot: empty.base[index] &* stride) }
    var term = UnsafePointer(terms.base)
    for index in 0..<sums.count {
      let sum = sums.base[index]
      var even = Double8.zero, odd = Double8.zero
      for _ in 0..<sum.pairs {
        even = even.adding(Double8.at(rows, term[0].x) * Double8(term[0].factor), times: Double8.at(rows, term[0].y))
        odd = odd.adding(Double8.at(rows, term[1].x) * Double8(term[1].factor), times: Double8.at(rows, term[1].y))
        term += 2
      }
      (even + odd).store(values, slot: sum.function &* stride)
    }
  }
}
