/// From functions as a B-basis file lists them to those that are evaluated: coupled, merged, in the order of the active set.
struct InvariantExpansion {
  /// A line of `nbody` with its couplings.
  struct Entry {
    var species, n, l: [Int]
    var couplings: Couplings
    /// c_p.
    var coefficients: [Double]
  }

  /// Columns of the active set.
  let functions: [InvariantFunction]

  /// The order is by (rank, species, n, l, number of combinations, the combinations themselves), rank 1 first; combinations
  /// are compared as they were before those that are permutations of each other were merged.
  init(_ entries: [Entry]) {
    let keys = entries.map { entry in
      [[entry.l.count], entry.species, entry.n, entry.l, [entry.couplings.m.count], entry.couplings.m.flatMap { $0 }]
        .flatMap { $0 }
    }
    let order = entries.indices.sorted { a, b in
      keys[a] == keys[b] ? a < b : keys[a].lexicographicallyPrecedes(keys[b])
    }
    functions = order.map { Self.merged(entries[$0]) }
  }

  /// Adds the couplings of combinations that differ only in the order of equal factors. Where that leaves fewer, the factors
  /// are sorted by (species, n, l); otherwise the function keeps the file's order.
  private static func merged(_ entry: Entry) -> InvariantFunction {
    let rank = entry.l.count
    var function = InvariantFunction(
      rank: rank, species: entry.species, n: entry.n, l: entry.l, m: entry.couplings.m,
      couplings: entry.couplings.values, coefficients: entry.coefficients)
    let factor = { (t: Int) in [entry.species[t], entry.n[t], entry.l[t]] }
    var sums: [[Int]: Double] = [:]
    for (m, value) in zip(entry.couplings.m, entry.couplings.values) {
      let order = (0..<rank).sorted { (factor($0) + [m[$0]]).lexicographicallyPrecedes(factor($1) + [m[$1]]) }
      sums[order.map { m[$0] }, default: 0] += value
    }
    sums = sums.filter { abs($0.value) >= 1e-15 }
    guard sums.count < entry.couplings.m.count else { return function }
    let order = (0..<rank).sorted { factor($0).lexicographicallyPrecedes(factor($1)) }
    function.species = order.map { entry.species[$0] }
    function.n = order.map { entry.n[$0] }
    function.l = order.map { entry.l[$0] }
    function.m = sums.keys.sorted { $0.lexicographicallyPrecedes($1) }
    function.couplings = function.m.map { sums[$0] ?? 0 }
    return function
  }

  /// c̃ of all functions: those with the same (species, n, l) become one.
  var clusterFunctions: [ClusterFunction] {
    var result: [ClusterFunction] = [], indices: [[Int]: Int] = [:], rows: [[Int]: Int] = [:]
    for function in functions {
      let key = function.species + function.n + function.l
      let expanded = function.expanded
      guard let index = indices[key] else {
        indices[key] = result.count
        for (row, m) in function.m.enumerated() { rows[[result.count] + m] = row }
        result.append(expanded)
        continue
      }
      for (m, coefficients) in zip(expanded.m, expanded.coefficients) {
        if let row = rows[[index] + m] {
          for p in coefficients.indices { result[index].coefficients[row][p] += coefficients[p] }
        } else {
          rows[[index] + m] = result[index].m.count
          result[index].m.append(m)
          result[index].coefficients.append(coefficients)
        }
      }
    }
    return result
  }
}
