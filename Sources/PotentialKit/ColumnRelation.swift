/// Which of some columns of A⁻¹ suffice for the products of all of them with rows of one kind, and how the others' follow:
/// c_d = Σ_k b_k α_kd + Σ_i c_i β_id, with k over the places that only rows of this kind have ("own").
///
/// A row b = Σ_j c_j a_j is known in its own places from the c_j of active rows of its kind, and zero in those of other kinds, so
/// the columns depend on each other in the places that all kinds share. Pivoted Gram-Schmidt (G. H. Golub, Numer. Math. 7, 206
/// (1965), doi:10.1007/BF01436075, in the modified form), with elements scaled to the rows' largest, finds how: it stops where
/// the rest of every column is rounding, 10⁻⁹ of the largest.
struct ColumnRelation {
  private(set) var independent: [Int] = []
  private(set) var dependent: [Int] = []
  /// [dependent][own places, then independent]: α and β.
  private(set) var coefficients: [Double] = []

  private static let rounding = 1e-9

  /// - Parameters:
  ///   - columns: places in `elements`, [column][scales.count].
  ///   - scales: of each element, the largest in the rows that it will be multiplied with.
  ///   - ownCount: how many of the places, the last ones, are own.
  init(_ columns: [Int], _ elements: [Double], scales: [Double], ownCount: Int) {
    let depth = scales.count, shared = depth - ownCount
    var rests = columns.flatMap { column in (0..<shared).map { elements[column * depth + $0] * scales[$0] } }
    var squares = columns.indices.map { column in
      rests[column * shared..<(column + 1) * shared].reduce(0) { $0 + $1 * $1 }
    }
    var projections = columns.map { _ in [Double]() }
    var order: [Int] = [], left = Array(columns.indices)
    let floor = Self.rounding * Self.rounding * (squares.max() ?? 0)
    while let pivot = left.max(by: { squares[$0] < squares[$1] }), squares[pivot] > floor {
      let length = squares[pivot].squareRoot()
      let unit = rests[pivot * shared..<(pivot + 1) * shared].map { $0 / length }
      left.removeAll { $0 == pivot }
      projections[pivot].append(length)
      order.append(pivot)
      for column in left {
        let first = column * shared
        var along = 0.0, square = 0.0
        for k in 0..<shared { along += unit[k] * rests[first + k] }
        for k in 0..<shared {
          rests[first + k] -= along * unit[k]
          square += rests[first + k] * rests[first + k]
        }
        squares[column] = square
        projections[column].append(along)
      }
    }
    independent = order.map { columns[$0] }
    dependent = left.map { columns[$0] }
    for column in left {
      let beta = Self.solve(order.map { projections[$0] }, projections[column])
      coefficients += (shared..<depth).map { k in
        zip(order, beta).reduce(elements[columns[column] * depth + k]) { $0 - $1.1 * elements[columns[$1.0] * depth + k] }
      }
      coefficients += beta
    }
  }

  /// Solves Σ_i R_i triangle[i][row] = right[row], row <= i, from the last row upwards.
  private static func solve(_ triangle: [[Double]], _ right: [Double]) -> [Double] {
    var rest = right, solution = [Double](repeating: 0, count: triangle.count)
    for i in triangle.indices.reversed() {
      solution[i] = rest[i] / triangle[i][i]
      for row in 0..<i { rest[row] -= solution[i] * triangle[i][row] }
    }
    return solution
  }
}
