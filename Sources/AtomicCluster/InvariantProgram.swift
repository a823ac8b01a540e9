import AtomicClusterFiles
import PotentialKit

/// The B functions of centers of one element over the rows of their product graph, in the order of the active set's columns.
///
///     B_f = Σ_j g_k(r_j) [rank 1],   B_f = Σ_ms C_ms Re Π A = Σ_terms factor x y
///
/// Most terms are the two halves of Re ab = a_r b_r ∓ a_i b_i, which share their factor: these are taken together.
final class InvariantProgram {
  /// factor (x y ∓ u v).
  private struct Pair {
    var x, y, u, v: UInt32
    var factor: Double
  }

  private struct Term {
    var x, y: UInt32
    var factor: Double
  }

  /// A function and the numbers of its differences, sums and single terms.
  private struct Shape {
    var function, differences, sums, singles: Int

    var order: [Int] { [differences, sums, singles, function] }
  }

  /// Rank 1 of one neighbor species: the base functions in use, 1-based, and the function that each of them is.
  struct RankOne {
    var k: [Int]
    var targets: FixedArray<Int>
  }

  let count: Int
  /// Functions with terms; those of like shape in a row, so that how often loops turn is predicted.
  private let shapes: FixedArray<Shape>
  /// Of each shape its differences, then its sums.
  private let pairs: FixedArray<Pair>
  private let singles: FixedArray<Term>
  /// Functions without terms.
  private let empty: FixedArray<Int>
  /// [neighbor species]; none in GRACE/FS, where rank 1 is a product of one factor.
  let rankOne: [RankOne]

  /// - Parameter speciesCount: 0 where there is no rank 1 apart from products.
  init(_ functions: [InvariantFunction], terms: [[ProductGraph.Term]], speciesCount: Int) {
    count = functions.count
    let sorted = terms.map(Self.paired)
    let shapes = functions.indices.map {
      Shape(
        function: $0, differences: sorted[$0].differences.count, sums: sorted[$0].sums.count, singles: sorted[$0].singles.count)
    }.filter { !terms[$0.function].isEmpty }.sorted { $0.order.lexicographicallyPrecedes($1.order) }
    self.shapes = FixedArray(shapes)
    pairs = FixedArray(shapes.flatMap { sorted[$0.function].differences + sorted[$0.function].sums })
    singles = FixedArray(shapes.flatMap { sorted[$0.function].singles })
    empty = FixedArray(functions.indices.filter { terms[$0].isEmpty })
    rankOne = (0..<speciesCount).map { species in
      let targets = functions.indices.filter { functions[$0].rank == 1 && functions[$0].species[0] == species }
      return RankOne(k: targets.map { functions[$0].n[0] }, targets: FixedArray(targets))
    }
  }

  private static func paired(_ terms: [ProductGraph.Term]) -> (differences: [Pair], sums: [Pair], singles: [Term]) {
    var differences: [Pair] = [], sums: [Pair] = [], singles: [Term] = [], rest = terms[...]
    while let first = rest.popFirst() {
      let (x, y) = (ProductProgram.offset(first.x), ProductProgram.offset(first.y))
      guard let second = rest.first, abs(second.factor) == abs(first.factor) else {
        singles.append(Term(x: x, y: y, factor: first.factor))
        continue
      }
      rest.removeFirst()
      let pair = Pair(
        x: x, y: y, u: ProductProgram.offset(second.x), v: ProductProgram.offset(second.y), factor: first.factor)
      if second.factor == first.factor { sums.append(pair) } else { differences.append(pair) }
    }
    return (differences, sums, singles)
  }

  /// B of rank 2 and more for eight centers, [function], `stride` slots apart; rank 1 as zero.
  func computeProducts(_ rows: UnsafeRawPointer, into values: UnsafeMutableRawPointer, stride: Int) {
    for index in 0..<empty.count { Double8.zero.store(values, slot: empty.base[index] &* stride) }
    var pair = UnsafePointer(pairs.base), single = UnsafePointer(singles.base)
    for index in 0..<shapes.count {
      let shape = shapes.base[index]
      var sum = Double8.zero
      for _ in 0..<shape.differences {
        let p = pair.pointee, other = Double8.at(rows, p.u) * Double8.at(rows, p.v)
        sum = sum.adding(Double8.at(rows, p.x).times(Double8.at(rows, p.y), minus: other), times: Double8(p.factor))
        pair += 1
      }
      for _ in 0..<shape.sums {
        let p = pair.pointee, other = Double8.at(rows, p.u) * Double8.at(rows, p.v)
        sum = sum.adding(other.adding(Double8.at(rows, p.x), times: Double8.at(rows, p.y)), times: Double8(p.factor))
        pair += 1
      }
      for _ in 0..<shape.singles {
        let t = single.pointee
        sum = sum.adding(Double8.at(rows, t.x) * Double8.at(rows, t.y), times: Double8(t.factor))
        single += 1
      }
      sum.store(values, slot: shape.function &* stride)
    }
  }
}
