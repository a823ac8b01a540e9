/// Which of some columns of A⁻¹ suffice for the products of all of them, and how the others' follow: c_d = Σ_i c_i R_id.
///
/// By pivoted Gram-Schmidt on columns whose elements are scaled to the rows' largest (G. H. Golub, Numer. Math. 7, 206 (1965),
/// doi:10.1007/BF01436075, in the modified form): it stops where the rest of every column is rounding, 10⁻⁹ of the largest.
struct ColumnRelation {
  private(set) var independent: [Int] = []
  private(set) var dependent: [Int] = []
  /// R, [dependent][independent].
  private(set) var coefficients: [[Double]] = []

  private static let rounding = 1e-9

  /// - Parameters:
  ///   - columns: places in `elements`, [column][scales.count].
  ///   - scales: of each element, the largest in the rows that it will be multiplied with.
  init(_ columns: [Int], _ elements: [Double], scales: [Double]) {
    let depth = scales.count
    var rests = columns.map { column in (0..<depth).map { elements[column * depth + $0] * scales[$0] } }
    var projections = columns.map { _ in [Double]() }
    var order: [Int] = [], left = Array(columns.indices)
    let norm = { (v: [Double]) in v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let floor = Self.rounding * (rests.map(norm).max() ?? 0)
    while let pivot = left.max(by: { norm(rests[$0]) < norm(rests[$1]) }), norm(rests[pivot]) > floor {
      let length = norm(rests[pivot]), unit = rests[pivot].map { $0 / length }
      left.removeAll { $0 == pivot }
      projections[pivot].append(length)
      order.append(pivot)
      for column in left {
        let along = zip(unit, rests[column]).reduce(0) { $0 + $1.0 * $1.1 }
        for k in 0..<depth { rests[column][k] -= along * unit[k] }
        projections[column].append(along)
      }
    }
    independent = order.map { columns[$0] }
    dependent = left.map { columns[$0] }
    coefficients = left.map { Self.solve(order.map { projections[$0] }, projections[$0]) }
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
