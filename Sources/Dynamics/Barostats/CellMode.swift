import Numerics

/// One degree of freedom of the cell: a component of the strain rate, or several that are equal.
public struct CellMode: Equatable, Sendable {
  /// Cartesian components (i ≤ j) of the strain rate that share this mode's velocity.
  public let components: [SIMD2<Int>]

  public init(_ components: [SIMD2<Int>]) { self.components = components }

  /// Elements of the symmetric strain rate that the mode fills: its share of tr(v_g²).
  var multiplicity: Double { components.reduce(0) { $0 + ($1.x == $1.y ? 1 : 2) } }

  /// The mode's direction: 1 in each of its components.
  var direction: Matrix3 {
    var matrix = Matrix3.zero
    for c in components {
      matrix[c.x, c.y] = 1
      matrix[c.y, c.x] = 1
    }
    return matrix
  }

  /// The mean of a tensor over the mode's components.
  func mean(_ tensor: Matrix3) -> Double {
    components.reduce(0) { $0 + 0.5 * (tensor[$1.x, $1.y] + tensor[$1.y, $1.x]) } / Double(components.count)
  }
}

extension CellMode {
  /// Volume alone.
  public static let isotropic = [CellMode([SIMD2(0, 0), SIMD2(1, 1), SIMD2(2, 2)])]
  /// Three lengths.
  public static let anisotropic = (0..<3).map { CellMode([SIMD2($0, $0)]) }
  /// Lengths and angles.
  public static let triclinic = anisotropic + [SIMD2(1, 2), SIMD2(0, 2), SIMD2(0, 1)].map { CellMode([$0]) }
  /// Two lengths together, the third by itself.
  public static func coupled(_ first: Int, _ second: Int) -> [CellMode] {
    [CellMode([SIMD2(first, first), SIMD2(second, second)]), CellMode([SIMD2(repeating: 3 - first - second)])]
  }

  /// Whether any mode strains the direction along which `normal` stands on an open boundary.
  static func strains(_ modes: [CellMode], along normal: Vector3) -> Bool {
    modes.contains { mode in (normal * mode.direction).length > 1e-9 }
  }
}
