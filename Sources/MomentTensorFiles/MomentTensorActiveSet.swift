/// A selection state: the square matrix of active rows and its inverse, as MLIP stores them.
///
/// E. V. Podryabinkin and A. V. Shapeev, Comput. Mater. Sci. 140, 171 (2017). A row is dE/dtheta in MLIP's order of parameters.
public struct MomentTensorActiveSet: Equatable, Sendable {
  public enum Mode: Equatable, Sendable {
    /// A row is one atom's environment; the grade is per atom.
    case neighborhood
    /// A row is a configuration, energyWeight · Σ_i b_i / N^(scaling/2); one grade per configuration.
    case configuration(energyWeight: Double, scaling: Int)
  }

  public var mode: Mode
  /// Number of parameters, the side of the matrices.
  public var count: Int
  /// A, [row][parameter].
  public var rows: [Double]
  /// The transpose of A's inverse, [row][parameter]: the grade of b is max_row |inverseTransposed[row] · b|.
  public var inverseTransposed: [Double]
  /// For each row the configuration and the equation it stems from; (−1, −1): still at its initial value.
  public var origins: [SIMD2<Int32>]
  /// The selected configurations, in MLIP's cfg format, verbatim.
  public var configurations: [UInt8]

  public init(
    mode: Mode, count: Int, rows: [Double], inverseTransposed: [Double], origins: [SIMD2<Int32>], configurations: [UInt8]
  ) {
    self.mode = mode
    self.count = count
    self.rows = rows
    self.inverseTransposed = inverseTransposed
    self.origins = origins
    self.configurations = configurations
  }

  /// The number of atoms of each of `configurations`.
  public var atomCounts: [Int] {
    let lines = configurations.split(separator: 0x0A).map { line in
      String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    }
    return zip(lines, lines.dropFirst()).compactMap { $0 == ["Size"] ? $1.first.flatMap { Int($0) } : nil }
  }

  /// N^(−power/2): what the sum over a configuration's atoms is multiplied by.
  public static func sizeFactor(atomCount: Int, power: Int) -> Double {
    let count = Double(max(atomCount, 1))
    return 1 / [1, count.squareRoot(), count][power]
  }
}
