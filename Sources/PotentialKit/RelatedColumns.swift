/// Columns of A⁻¹ whose products with rows of one kind are linearly related, in single precision: few of them by the whole row,
/// the others by the smaller product that `ColumnRelation` tells.
struct RelatedColumns {
  /// In the order of their products.
  let columns: [Int]
  /// The last places of a row that enter the smaller product.
  private let ownCount: Int
  private let independentCount: Int
  private let independent, dependent: ProductTiles<Single16>
  /// Of each column, how much cancels in its product.
  let cancellation: [Double]

  /// Relations that save less than a tenth of a column's multiplications are not used.
  private static let leastSaving = 0.1

  /// - Parameters:
  ///   - elements: [column][place], all columns of the matrix.
  ///   - scales: of each place, the largest element of active rows.
  ///   - cancellation: of each column of the matrix.
  ///   - ownCount: how many places, the last ones, only rows of the columns' own kind have; nil: no relation is known.
  init(_ columns: [Int], _ elements: [Double], scales: [Double], cancellation: [Double], ownCount: Int?) {
    let depth = scales.count, ownCount = ownCount ?? depth
    let relation = ColumnRelation(columns, elements, scales: scales, ownCount: ownCount)
    let width = ownCount + relation.independent.count
    guard !relation.dependent.isEmpty, Double(width) <= (1 - Self.leastSaving) * Double(depth) else {
      (self.columns, self.ownCount, independentCount) = (columns, 0, columns.count)
      independent = ProductTiles(columns, of: elements, depth: depth)
      dependent = ProductTiles([], of: [], depth: 0)
      self.cancellation = columns.map { cancellation[$0] }
      return
    }
    self.columns = relation.independent + relation.dependent
    self.ownCount = ownCount
    independentCount = relation.independent.count
    independent = ProductTiles(relation.independent, of: elements, depth: depth)
    dependent = ProductTiles(Array(relation.dependent.indices), of: relation.coefficients, depth: width)
    let errors = relation.independent.map { cancellation[$0] }
    self.cancellation = errors + relation.dependent.indices.map { index in
      let own = (0..<ownCount).reduce(0) {
        $0 + abs(relation.coefficients[index * width + $1]) * scales[depth - ownCount + $1]
      }
      // Rounding errors of different columns are independent.
      return errors.indices.reduce(own * own) { square, i in
        let error = relation.coefficients[index * width + ownCount + i] * errors[i]
        return square + error * error
      }.squareRoot()
    }
  }

  /// Products with padding, in columns.
  var paddedCount: Int { independentCount + max(independent.columnCount - independentCount, dependent.columnCount) }

  /// All products of a block of rows. With own places, `products` must follow the rows directly.
  func multiply(_ rows: UnsafePointer<Float>, into products: UnsafeMutablePointer<Float>) {
    // The columns of zeros that fill up the tiles are overwritten.
    independent.multiply(rows, into: products)
    dependent.multiply(
      products - ownCount &* GradeMatrix.rowCount, into: products + independentCount &* GradeMatrix.rowCount)
  }
}
