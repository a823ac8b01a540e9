/// Values of a contraction graph that can be summed together: components of one tensor, Σ_e c_e A_(x+e) B_e for several x.
///
/// m[targets[i]] = Σ_t factors[t] · m[shared[t]] · m[own[t][i]]: the shared operand is loaded and scaled once for all targets.
struct ProductBlock {
  var targets: [Int]
  var factors: [Double]
  var shared: [Int]
  /// [term][target]
  var own: [[Int]]

  /// More targets would not fit the registers together with what the adjoint pass keeps.
  static let widest = 3

  /// All values of `graph` that are needed, in blocks, in an order in which every operand is computed before it is read.
  static func blocks(of graph: ContractionGraph, isNeeded: (Int) -> Bool) -> [ProductBlock] {
    let depths = depths(of: graph)
    var byDepth: [Int: [Candidate]] = [:]
    for (index, terms) in graph.products.enumerated() where isNeeded(graph.firstProduct + index) {
      let value = graph.firstProduct + index
      byDepth[depths[value], default: []].append(Candidate(value, terms, depths))
    }
    return byDepth.sorted { $0.key < $1.key }.flatMap { depth in
      // Equal shapes in a row: the processor predicts where their loops end.
      group(depth.value).sorted { a, b in
        (a.targets.count, a.factors.count, a.targets[0]) < (b.targets.count, b.factors.count, b.targets[0])
      }
    }
  }

  private static func depths(of graph: ContractionGraph) -> [Int] {
    var depths = [Int](repeating: 0, count: graph.firstProduct)
    for terms in graph.products {
      depths.append(1 + (terms.map { max(depths[$0.first], depths[$0.second]) }.max() ?? 0))
    }
    return depths
  }

  private struct Shared: Hashable {
    var operand: Int
    var factor: Double
  }

  /// One value's terms, seen with either operand as the shared one.
  private struct Candidate {
    var value: Int
    var views: [(shared: [Shared], own: [Int])]

    init(_ value: Int, _ terms: [ContractionGraph.Term], _ depths: [Int]) {
      self.value = value
      // Deeper operand first, then the file's order: components of one tensor get the same orientation.
      let oriented = terms.map { term in
        depths[term.first] >= depths[term.second] ? term : .init(first: term.second, second: term.first, factor: term.factor)
      }
      views = [true, false].map { sharesSecond in
        let sorted = oriented.map { sharesSecond ? $0 : .init(first: $0.second, second: $0.first, factor: $0.factor) }
          .sorted { ($0.second, $0.factor, $0.first) < ($1.second, $1.factor, $1.first) }
        return (sorted.map { Shared(operand: $0.second, factor: $0.factor) }, sorted.map(\.first))
      }
    }
  }

  private struct Entry {
    var candidate: Int
    var view: Int
  }

  /// Greedily: the list of shared operands that most values have in common first; what is left stands alone.
  private static func group(_ candidates: [Candidate]) -> [ProductBlock] {
    var members: [[Shared]: [Entry]] = [:]
    for (index, candidate) in candidates.enumerated() {
      for view in candidate.views.indices {
        members[candidate.views[view].shared, default: []].append(Entry(candidate: index, view: view))
      }
    }
    // A total order, since that of a dictionary differs from run to run.
    let order = members.values.sorted { a, b in
      (b.count, a[0].candidate, a[0].view) < (a.count, b[0].candidate, b[0].view)
    }
    var isTaken = [Bool](repeating: false, count: candidates.count)
    var blocks: [ProductBlock] = []
    for entries in order {
      var chosen: [Entry] = []
      for entry in entries where !isTaken[entry.candidate] && chosen.last?.candidate != entry.candidate {
        chosen.append(entry)
      }
      guard chosen.count > 1 else { continue }
      for part in split(chosen) {
        part.forEach { isTaken[$0.candidate] = true }
        blocks.append(block(part, of: candidates))
      }
    }
    for index in candidates.indices where !isTaken[index] {
      blocks.append(block([Entry(candidate: index, view: 0)], of: candidates))
    }
    return blocks
  }

  private static func block(_ entries: [Entry], of candidates: [Candidate]) -> ProductBlock {
    let views = entries.map { candidates[$0.candidate].views[$0.view] }, shared = views[0].shared
    return ProductBlock(
      targets: entries.map { candidates[$0.candidate].value }, factors: shared.map(\.factor),
      shared: shared.map(\.operand), own: shared.indices.map { term in views.map { $0.own[term] } })
  }

  /// Threes; a remainder of one is avoided by two twos.
  private static func split<T>(_ all: [T]) -> [[T]] {
    var parts: [[T]] = [], rest = all[...]
    while !rest.isEmpty {
      let width = rest.count == 4 || rest.count == 2 ? 2 : min(widest, rest.count)
      parts.append(Array(rest.prefix(width)))
      rest = rest.dropFirst(width)
    }
    return parts
  }
}
