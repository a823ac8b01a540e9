/// E − e0 = Σ_n w_n m_n + ½ Σ_nm Q_nm m_n m_m over the values of a contraction graph that are worth computing.
///
/// A product that nothing else reads enters the energy only through its scalar's coefficient, so its terms go straight into the
/// quadratic form, summed over all scalars: it is never computed, and neither is what only it would have needed.
struct EnergyForm {
  let graph: ContractionGraph
  /// w, one for each value.
  private(set) var linear: [Double]
  /// Upper triangle of Q, both triangles' sum: coefficient of m_n m_m, n <= m.
  private(set) var quadratic: [SIMD2<Int>: Double] = [:]
  /// Values that have to be computed.
  private(set) var isNeeded: [Bool]

  init(_ graph: ContractionGraph, coefficients: [Double]) {
    self.graph = graph
    linear = [Double](repeating: 0, count: graph.valueCount)
    isNeeded = [Bool](repeating: false, count: graph.valueCount)
    for (scalar, coefficient) in zip(graph.scalars, coefficients) {
      if let scalar { linear[scalar] += coefficient }
    }
    for index in graph.products.indices.reversed() {
      let value = graph.firstProduct + index
      if !isNeeded[value], linear[value] != 0 { fold(graph.products[index], weight: linear[value], of: value) }
      guard isNeeded[value] else { continue }
      for term in graph.products[index] {
        isNeeded[term.first] = true
        isNeeded[term.second] = true
      }
    }
    for value in 0..<graph.firstProduct where linear[value] != 0 { isNeeded[value] = true }
    for reduction in graph.reductions.reversed() where isNeeded[reduction.target] {
      for source in [reduction.a, reduction.b, reduction.c] { isNeeded[source] = true }
    }
  }

  private mutating func fold(_ terms: [ContractionGraph.Term], weight: Double, of value: Int) {
    linear[value] = 0
    for term in terms {
      quadratic[SIMD2(term.first, term.second), default: 0] += weight * term.factor
      isNeeded[term.first] = true
      isNeeded[term.second] = true
    }
  }
}
