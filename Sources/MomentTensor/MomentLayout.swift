import MomentTensorFiles

/// Which moments the neighbor sweeps compute, and where they stand.
///
/// On the unit sphere z² = 1 − x² − y², so the moments of x^a y^b z^c with c >= 2 are combinations of those with c in {0, 1}:
/// for a radial function whose highest degree is n only (n + 1)² "reduced moments" are summed over neighbors instead of
/// (n + 1)(n + 2)(n + 3)/6. They are products of few columns, f_mu and z f_mu, with the monomials x^a y^b, ordered by degree
/// a + b and then by b, so that each column needs the monomials up to a number.
struct MomentLayout {
  /// f_mu or z f_mu over the neighbors.
  struct Column {
    /// Index into `functions`.
    var function: Int
    var hasZ: Bool
    /// Highest degree of x^a y^b that it is multiplied with.
    var degree: Int
    /// First reduced moment; runs are padded to a multiple of four.
    var offset = 0
  }

  /// The file's index of each radial function that is used, highest degree first.
  let functions: [Int]
  /// Highest degree first.
  let columns: [Column]
  /// Reduced moments, padding included.
  let count: Int
  private let columnOf: [[Int?]]

  init(_ file: MomentTensorFile) {
    var degreeOf = [Int: Int]()
    for moment in file.basicMoments {
      degreeOf[moment.mu] = max(degreeOf[moment.mu] ?? 0, moment.degree)
    }
    let sorted = degreeOf.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    functions = sorted.map(\.key)
    var columns: [Column] = []
    for (function, entry) in sorted.enumerated() {
      columns.append(Column(function: function, hasZ: false, degree: entry.value))
      if entry.value > 0 { columns.append(Column(function: function, hasZ: true, degree: entry.value - 1)) }
    }
    columns.sort { ($1.degree, $0.function) < ($0.degree, $1.function) }
    var next = 0
    for index in columns.indices {
      columns[index].offset = next
      next += Self.paddedMonomials(columns[index].degree)
    }
    self.columns = columns
    count = next
    columnOf = sorted.indices.map { function in
      [false, true].map { hasZ in columns.firstIndex { $0.function == function && $0.hasZ == hasZ } }
    }
  }

  var highestDegree: Int { columns.first?.degree ?? 0 }

  /// Monomials x^a y^b with a + b <= degree.
  static func monomials(_ degree: Int) -> Int { (degree + 1) * (degree + 2) / 2 }
  static func paddedMonomials(_ degree: Int) -> Int { (monomials(degree) + 3) & ~3 }

  /// Index into `columns`; nil where a function has no z column.
  func column(_ function: Int, hasZ: Bool) -> Int? { columnOf[function][hasZ ? 1 : 0] }

  /// Place of the reduced moment of x^a y^b z^c, c in {0, 1}.
  func place(_ function: Int, _ a: Int, _ b: Int, _ c: Int) -> Int {
    let column = column(function, hasZ: c == 1) ?? 0
    return columns[column].offset + Self.monomials(a + b - 1) + b
  }
}
