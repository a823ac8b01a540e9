import AtomicClusterFiles

/// The products Π_t A_t around one element as a graph in which equal parts are computed once.
///
/// A node is the product of two earlier ones. A product whose m are all mirrored is the complex conjugate up to a sign, so
/// one node serves both; products of numbers that are all real (m = 0, or GRACE/FS's harmonics) have one row instead of two.
/// The last multiplication of a product is never a node: only its real part is wanted, Re(ab) = a_r b_r − a_i b_i, so it
/// becomes one or two terms x·y between rows. (Recursive evaluator of Y. Lysogorskiy et al., npj Comput. Mater. 7, 97
/// (2021), which keeps conjugates and last products as nodes.)
struct ProductGraph {
  typealias Rows = ChannelLayout.Rows

  /// target = first · second, all complex; `conjugatesSecond`: first · conj(second).
  struct ComplexProduct {
    var target, first, second: Rows
    var conjugatesSecond: Bool
    /// Number of factors A in the target.
    var rank: Int
  }

  /// target = first · second, rows.
  struct RealProduct {
    var target, first, second: Int
    var rank: Int
  }

  /// factor · x · y of two rows.
  struct Term {
    var x, y: Int
    var factor: Double
  }

  private(set) var complexProducts: [ComplexProduct] = []
  private(set) var realProducts: [RealProduct] = []
  private(set) var rowCount: Int
  /// The row that holds 1.
  let unitRow: Int

  private struct Reference {
    var rows: Rows
    var isConjugate = false
    var sign = 1.0
  }

  private let layout: ChannelLayout
  /// GRACE/FS: real harmonics; m < 0 is the imaginary part.
  private let hasRealHarmonics: Bool
  private var known: [[Factor]: Reference] = [:]

  /// One A of a product.
  struct Factor: Hashable, Comparable {
    var channel: ChannelLayout.Channel
    var m: Int

    var mirrored: Factor { Factor(channel: channel, m: -m) }

    static func < (a: Factor, b: Factor) -> Bool {
      (a.channel.group, a.channel.n, a.channel.l, a.m) < (b.channel.group, b.channel.n, b.channel.l, b.m)
    }
  }

  init(_ layout: ChannelLayout, hasRealHarmonics: Bool) {
    self.layout = layout
    self.hasRealHarmonics = hasRealHarmonics
    unitRow = layout.rowCount
    rowCount = layout.rowCount + 1
  }

  /// Re Π A as terms between rows; creates the nodes that are missing.
  mutating func terms(of product: [Factor]) -> [Term] {
    let sorted = product.sorted()
    guard sorted.count > 1 else { return single(sorted) }
    let (first, second) = bestSplit(sorted), a = reference(first), b = reference(second)
    let sign = a.sign * b.sign
    var terms = [Term(x: a.rows.real, y: b.rows.real, factor: sign)]
    if let ai = a.rows.imaginary, let bi = b.rows.imaginary {
      terms.append(Term(x: ai, y: bi, factor: a.isConjugate == b.isConjugate ? -sign : sign))
    }
    return terms
  }

  private mutating func single(_ product: [Factor]) -> [Term] {
    guard !product.isEmpty else { return [] }
    let reference = reference(product)
    return [Term(x: unitRow, y: reference.rows.real, factor: reference.sign)]
  }

  private mutating func reference(_ product: [Factor]) -> Reference {
    if product.count == 1 { return leaf(product[0]) }
    if let reference = known[product] { return reference }
    let (first, second) = bestSplit(product)
    let reference = multiply(reference(first), reference(second), rank: product.count)
    known[product] = reference
    if !hasRealHarmonics {
      let mirrored = product.map(\.mirrored).sorted()
      let sign = product.reduce(0) { $0 + $1.m } % 2 == 0 ? reference.sign : -reference.sign
      if mirrored != product {
        known[mirrored] = Reference(rows: reference.rows, isConjugate: !reference.isConjugate, sign: sign)
      }
    }
    return reference
  }

  private func leaf(_ factor: Factor) -> Reference {
    let m = abs(factor.m), rows = layout.rows(factor.channel, m: m), parity = m % 2 == 0 ? 1.0 : -1.0
    guard hasRealHarmonics else {
      return Reference(rows: rows, isConjugate: factor.m < 0, sign: factor.m < 0 ? parity : 1)
    }
    guard m > 0 else { return Reference(rows: rows) }
    // √2 (−1)^m times the real or the imaginary part.
    let row = factor.m > 0 ? rows.real : rows.imaginary ?? rows.real
    return Reference(rows: Rows(real: row), sign: parity * 2.0.squareRoot())
  }

  private mutating func multiply(_ a: Reference, _ b: Reference, rank: Int) -> Reference {
    let sign = a.sign * b.sign
    switch (a.rows.imaginary, b.rows.imaginary) {
    case (nil, nil): return Reference(rows: Rows(real: realProduct(a.rows.real, b.rows.real, rank)), sign: sign)
    case (nil, let imaginary?):
      let rows = Rows(
        real: realProduct(a.rows.real, b.rows.real, rank), imaginary: realProduct(a.rows.real, imaginary, rank))
      return Reference(rows: rows, isConjugate: b.isConjugate, sign: sign)
    case (_?, nil): return multiply(b, a, rank: rank)
    case (_?, _?):
      let rows = Rows(real: newRow(), imaginary: newRow()), differ = a.isConjugate != b.isConjugate
      let (first, second) = differ && a.isConjugate ? (b, a) : (a, b)
      complexProducts.append(
        ComplexProduct(target: rows, first: first.rows, second: second.rows, conjugatesSecond: differ, rank: rank))
      return Reference(rows: rows, isConjugate: !differ && a.isConjugate, sign: sign)
    }
  }

  private mutating func realProduct(_ a: Int, _ b: Int, _ rank: Int) -> Int {
    let target = newRow()
    realProducts.append(RealProduct(target: target, first: a, second: b, rank: rank))
    return target
  }

  private mutating func newRow() -> Int {
    rowCount += 1
    return rowCount - 1
  }

  /// The two parts of a product that need the fewest new nodes; among equals those of most equal length.
  private func bestSplit(_ product: [Factor]) -> ([Factor], [Factor]) {
    // The number of splits doubles with every factor; no published potential has this many.
    if product.count > 10 {
      let middle = product.count / 2
      return (Array(product[..<middle]), Array(product[middle...]))
    }
    var best: ([Factor], [Factor]) = ([], []), least = Int.max
    // The first factor is always in the first part: each split once.
    for mask in 0..<(1 << (product.count - 1)) - 1 {
      var first = [product[0]], second: [Factor] = []
      for index in 1..<product.count {
        if mask & (1 << (index - 1)) != 0 { first.append(product[index]) } else { second.append(product[index]) }
      }
      let cost = 16 * (missing(first) + missing(second)) + abs(first.count - second.count)
      if cost < least { (best, least) = ((first, second), cost) }
    }
    return best
  }

  private func missing(_ part: [Factor]) -> Int {
    part.count == 1 || known[part] != nil ? 0 : part.count - 1
  }
}
