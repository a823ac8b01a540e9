/// A 3×3 matrix by rows.
///
/// Cells store lattice vectors as rows, so a Cartesian vector is `fractional * cell` (row vector times matrix).
@frozen
public struct Matrix3: Equatable, Sendable {
  public var rows: (Vector3, Vector3, Vector3)

  @inlinable public init(rows a: Vector3, _ b: Vector3, _ c: Vector3) { rows = (a, b, c) }

  @inlinable public init(diagonal d: Vector3) {
    self.init(rows: Vector3(d.x, 0, 0), Vector3(0, d.y, 0), Vector3(0, 0, d.z))
  }

  public static let zero = Matrix3(diagonal: .zero)
  public static let identity = Matrix3(diagonal: .one)

  /// Row `index`, 0 to 2.
  @inlinable public subscript(index: Int) -> Vector3 {
    get { index == 0 ? rows.0 : index == 1 ? rows.1 : rows.2 }
    set {
      switch index {
      case 0: rows.0 = newValue
      case 1: rows.1 = newValue
      default: rows.2 = newValue
      }
    }
  }

  @inlinable public subscript(row: Int, column: Int) -> Double {
    get { self[row][column] }
    set { self[row][column] = newValue }
  }

  /// The nine elements, row-major.
  public var elements: [Double] { (0..<9).map { self[$0 / 3][$0 % 3] } }

  /// From nine elements, row-major.
  public init(elements e: [Double]) {
    self.init(rows: Vector3(e[0], e[1], e[2]), Vector3(e[3], e[4], e[5]), Vector3(e[6], e[7], e[8]))
  }

  @inlinable public static func == (a: Matrix3, b: Matrix3) -> Bool {
    a.rows.0 == b.rows.0 && a.rows.1 == b.rows.1 && a.rows.2 == b.rows.2
  }

  @inlinable public var determinant: Double { rows.0.dot(rows.1.cross(rows.2)) }
  @inlinable public var trace: Double { rows.0.x + rows.1.y + rows.2.z }

  @inlinable public var transpose: Matrix3 {
    Matrix3(
      rows: Vector3(rows.0.x, rows.1.x, rows.2.x), Vector3(rows.0.y, rows.1.y, rows.2.y),
      Vector3(rows.0.z, rows.1.z, rows.2.z))
  }

  /// The inverse; infinite or NaN where the determinant is zero.
  @inlinable public var inverse: Matrix3 {
    let scale = 1 / determinant
    return Matrix3(
      rows: rows.1.cross(rows.2) * scale, rows.2.cross(rows.0) * scale, rows.0.cross(rows.1) * scale
    ).transpose
  }

  @inlinable public static func + (a: Matrix3, b: Matrix3) -> Matrix3 {
    Matrix3(rows: a.rows.0 + b.rows.0, a.rows.1 + b.rows.1, a.rows.2 + b.rows.2)
  }

  @inlinable public static func - (a: Matrix3, b: Matrix3) -> Matrix3 {
    Matrix3(rows: a.rows.0 - b.rows.0, a.rows.1 - b.rows.1, a.rows.2 - b.rows.2)
  }

  @inlinable public static func += (a: inout Matrix3, b: Matrix3) { a = a + b }

  @inlinable public static func * (a: Double, b: Matrix3) -> Matrix3 {
    Matrix3(rows: a * b.rows.0, a * b.rows.1, a * b.rows.2)
  }

  /// Row vector times matrix: fractional to Cartesian for a cell.
  @inlinable public static func * (v: Vector3, m: Matrix3) -> Vector3 {
    v.x * m.rows.0 + v.y * m.rows.1 + v.z * m.rows.2
  }

  @inlinable public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    Matrix3(rows: a.rows.0 * b, a.rows.1 * b, a.rows.2 * b)
  }

  /// u ⊗ v: element (i, j) is u_i v_j.
  @inlinable public static func outer(_ u: Vector3, _ v: Vector3) -> Matrix3 {
    Matrix3(rows: u.x * v, u.y * v, u.z * v)
  }
}
