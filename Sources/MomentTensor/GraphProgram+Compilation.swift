import PotentialKit

extension GraphProgram {
  /// Values and adjoints of what the energy needs.
  convenience init(energy form: EnergyForm) {
    let graph = form.graph
    let place = Self.numbering(graph) { form.isNeeded[$0] }
    let reductions = graph.reductions.filter { form.isNeeded[$0.target] }
    let (sums, terms) = Self.values(graph, place) { form.isNeeded[$0] }
    let (adjointSums, adjointTerms) = Self.adjoints(form, place)
    self.init(
      valueCount: 1 + (place.compactMap { $0 }.max() ?? 0), reductions: Self.encode(reductions, place), valueSums: sums,
      valueTerms: terms, adjointSums: adjointSums, adjointTerms: adjointTerms)
  }

  /// Every value, so that every scalar can be read.
  convenience init(allValuesOf graph: ContractionGraph) {
    let place = Self.numbering(graph) { _ in true }
    let (sums, terms) = Self.values(graph, place) { _ in true }
    self.init(
      valueCount: graph.valueCount, reductions: Self.encode(graph.reductions, place), valueSums: sums, valueTerms: terms)
  }

  /// Reduced moments keep their places; what is needed beyond them follows without gaps.
  private static func numbering(_ graph: ContractionGraph, _ isNeeded: (Int) -> Bool) -> [Int?] {
    var next = graph.layout.count
    return (0..<graph.valueCount).map { value in
      if value < graph.layout.count { return value }
      guard isNeeded(value) else { return nil }
      defer { next += 1 }
      return next
    }
  }

  private static func offset(_ value: Int, _ place: [Int?]) -> UInt32 {
    UInt32((place[value] ?? 0) * Double8.slotBytes)
  }

  private static func encode(_ reductions: [ContractionGraph.Reduction], _ place: [Int?]) -> [Reduction] {
    reductions.map {
      Reduction(
        target: offset($0.target, place), a: offset($0.a, place), b: offset($0.b, place), c: offset($0.c, place))
    }
  }

  private static func values(
    _ graph: ContractionGraph, _ place: [Int?], _ isNeeded: (Int) -> Bool
  ) -> ([Sum], [Term]) {
    var sums: [Sum] = [], terms: [Term] = []
    for (index, product) in graph.products.enumerated() where isNeeded(graph.firstProduct + index) {
      terms += product.map {
        Term(first: offset($0.first, place), second: offset($0.second, place), factor: $0.factor)
      }
      sums.append(
        Sum(
          target: offset(graph.firstProduct + index, place), quadraticCount: 0, chainCount: UInt32(product.count),
          constant: 0))
    }
    return (sums, terms)
  }

  private static func adjoints(_ form: EnergyForm, _ place: [Int?]) -> ([Sum], [Term]) {
    let graph = form.graph
    var quadratic = [[Term]](repeating: [], count: graph.valueCount)
    for (pair, factor) in form.quadratic.sorted(by: { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }) where factor != 0 {
      let square = pair.x == pair.y
      quadratic[pair.x].append(Term(first: offset(pair.y, place), second: 0, factor: square ? 2 * factor : factor))
      if !square { quadratic[pair.y].append(Term(first: offset(pair.x, place), second: 0, factor: factor)) }
    }
    var chains = [[Term]](repeating: [], count: graph.valueCount)
    for (index, product) in graph.products.enumerated() where form.isNeeded[graph.firstProduct + index] {
      let target = offset(graph.firstProduct + index, place)
      for term in product {
        let square = term.first == term.second
        chains[term.first].append(
          Term(first: offset(term.second, place), second: target, factor: square ? 2 * term.factor : term.factor))
        if !square {
          chains[term.second].append(Term(first: offset(term.first, place), second: target, factor: term.factor))
        }
      }
    }
    // Reduced moments that nothing reads get their zero adjoint too.
    let order = (0..<graph.valueCount).reversed().filter { $0 < graph.layout.count || form.isNeeded[$0] }
    let sums = order.map {
      Sum(
        target: offset($0, place), quadraticCount: UInt32(quadratic[$0].count), chainCount: UInt32(chains[$0].count),
        constant: form.linear[$0])
    }
    return (sums, order.flatMap { quadratic[$0] + chains[$0] })
  }
}
