/// A component of a symmetric tensor of the cell: strain, strain rate, stress.
public enum CellComponent: String, CaseIterable, Sendable {
  case xx, yy, zz, yz, xz, xy

  /// In a 3×3 matrix; row <= column.
  public var indices: (row: Int, column: Int) {
    switch self {
    case .xx: (0, 0)
    case .yy: (1, 1)
    case .zz: (2, 2)
    case .yz: (1, 2)
    case .xz: (0, 2)
    case .xy: (0, 1)
    }
  }

  public var isDiagonal: Bool { indices.row == indices.column }
}
