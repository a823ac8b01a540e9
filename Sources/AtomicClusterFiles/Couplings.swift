/// How the angular momenta of a product couple to a scalar: pairs of neighboring leaves first, then the results in the order
/// in which they arose, an odd leaf at the end. pacemaker's order, on which the meaning of `lint` rests; the couplings are
/// those of R. Drautz, Phys. Rev. B 102, 024104 (2020).
package struct CouplingTree: Equatable {
  /// Two children and the node that they couple to; leaves are 0 ..< rank, nodes follow in the order of their creation and
  /// the last is the scalar.
  package struct Node: Equatable {
    package var first, second, parent: Int
  }

  package let rank: Int
  package let nodes: [Node]

  package init(rank: Int) {
    self.rank = rank
    var nodes: [Node] = [], results: [Int] = [], next = rank
    let couple = { (a: Int, b: Int, results: inout [Int], nodes: inout [Node]) in
      nodes.append(Node(first: a, second: b, parent: next))
      results.append(next)
      next += 1
    }
    for leaf in stride(from: 0, to: rank - 1, by: 2) { couple(leaf, leaf + 1, &results, &nodes) }
    var first = 0
    while results.count - first >= 2 {
      first += 2
      couple(results[first - 2], results[first - 1], &results, &nodes)
    }
    if rank > 1, rank % 2 == 1 { couple(results[first], rank - 1, &results, &nodes) }
    self.nodes = nodes
  }
}

/// The nonzero products of Clebsch–Gordan coefficients over a tree, by halves: of m and −m only the one whose first nonzero
/// m is positive, doubled.
package struct Couplings {
  /// Each with |m_t| ≤ l_t and Σ m = 0; the first m runs fastest.
  package private(set) var m: [[Int]] = []
  package private(set) var values: [Double] = []

  /// - Parameters:
  ///   - l: of the factors, at most 20.
  ///   - intermediate: L of the nodes in the order of their creation, the scalar at the end left out; rank − 2 of them.
  ///   - limit: of combinations to try.
  /// - Returns: nil where there are more.
  package init?(l: [Int], intermediate: [Int], limit: Int) {
    let rank = l.count
    if rank == 1 {
      (m, values) = ([[0]], [1])
      return
    }
    var trials = 1
    for l in l.dropFirst() {
      trials *= 2 * l + 1
      if trials > limit { return nil }
    }
    let nodes = CouplingTree(rank: rank).nodes, momenta = l + intermediate + [0]
    let tables = nodes.map { ClebschGordanTable(momenta[$0.first], momenta[$0.second], momenta[$0.parent]) }
    // All but the first m count like digits, the second fastest; the first makes the sum vanish.
    var current = [0] + l.dropFirst().map { -$0 } + [Int](repeating: 0, count: rank - 1)
    for _ in 0..<trials {
      current[0] = -current[1..<rank].reduce(0, +)
      if abs(current[0]) <= l[0] { keep(&current, nodes, tables, momenta) }
      var digit = 1
      while digit < rank {
        current[digit] += 1
        if current[digit] <= l[digit] { break }
        current[digit] = -l[digit]
        digit += 1
      }
    }
  }

  private mutating func keep(
    _ current: inout [Int], _ nodes: [CouplingTree.Node], _ tables: [ClebschGordanTable], _ momenta: [Int]
  ) {
    let rank = nodes.count + 1, leading = current[..<rank].first { $0 != 0 }
    if let leading, leading < 0 { return }
    var value = leading == nil ? 1.0 : 2.0
    for (node, table) in zip(nodes, tables) {
      let sum = current[node.first] + current[node.second]
      if abs(sum) > momenta[node.parent] { return }
      current[node.parent] = sum
      value *= table[current[node.first], current[node.second]]
    }
    guard value != 0 else { return }
    m.append(Array(current[..<rank]))
    values.append(value)
  }
}
