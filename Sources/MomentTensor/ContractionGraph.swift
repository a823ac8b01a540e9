import MomentTensorFiles

/// The file's products as sums over pairs of earlier values, duplicates merged, basic moments expressed by reduced ones.
struct ContractionGraph {
  struct Term: Hashable {
    var first, second: Int
    var factor: Double
  }

  /// m[target] = m[a] − m[b] − m[c]: z² = 1 − x² − y² applied once.
  struct Reduction {
    var target, a, b, c: Int
  }

  let layout: MomentLayout
  private(set) var reductions: [Reduction] = []
  /// Values `firstProduct...`: each a sum of products of earlier values.
  private(set) var products: [[Term]] = []
  /// The value of each scalar of the file; nil where it is identically zero.
  private(set) var scalars: [Int?] = []

  var firstProduct: Int { layout.count + reductions.count }
  var valueCount: Int { firstProduct + products.count }

  private struct Basic: Hashable {
    var function, a, b, c: Int
  }
  private var places: [Basic: Int] = [:]

  init(_ file: MomentTensorFile) {
    layout = MomentLayout(file)
    let functionOf = Dictionary(uniqueKeysWithValues: layout.functions.enumerated().map { ($1, $0) })
    var values: [Int?] = file.basicMoments.map { moment in
      functionOf[moment.mu].map { place(Basic(function: $0, a: moment.x, b: moment.y, c: moment.z)) }
    }
    values += [Int?](repeating: nil, count: file.momentCount - values.count)
    addProducts(of: file, &values)
    scalars = file.scalars.map { values[$0] }
  }

  /// The value of a basic moment; adds the reductions that it needs.
  private mutating func place(_ basic: Basic) -> Int {
    if basic.c < 2 { return layout.place(basic.function, basic.a, basic.b, basic.c) }
    if let known = places[basic] { return known }
    func lower(_ a: Int, _ b: Int) -> Basic { Basic(function: basic.function, a: basic.a + a, b: basic.b + b, c: basic.c - 2) }
    let a = place(lower(0, 0)), b = place(lower(2, 0)), c = place(lower(0, 2))
    let target = layout.count + reductions.count
    reductions.append(Reduction(target: target, a: a, b: b, c: c))
    places[basic] = target
    return target
  }

  /// Values in the order in which the file completes them; equal sums share one value.
  private mutating func addProducts(of file: MomentTensorFile, _ values: inout [Int?]) {
    var entries: [Int: [MomentTensorFile.Product]] = [:], lastWrite: [Int: Int] = [:]
    for (index, product) in file.products.enumerated() {
      entries[product.target, default: []].append(product)
      lastWrite[product.target] = index
    }
    let first = firstProduct
    var known: [[Term]: Int] = [:]
    for (target, _) in lastWrite.sorted(by: { $0.value < $1.value }) {
      var factors: [SIMD2<Int>: Double] = [:]
      for product in entries[target] ?? [] {
        guard let a = values[product.first], let b = values[product.second] else { continue }
        factors[SIMD2(min(a, b), max(a, b)), default: 0] += Double(product.factor)
      }
      let terms = factors.filter { $0.value != 0 }.map { Term(first: $0.x, second: $0.y, factor: $1) }
        .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
      guard !terms.isEmpty else { continue }
      if let same = known[terms] {
        values[target] = same
      } else {
        values[target] = first + products.count
        known[terms] = first + products.count
        products.append(terms)
      }
    }
  }
}
