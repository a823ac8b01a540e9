import Numerics

/// One frame: atoms in the file's order, with whatever else the file says of them. Lengths Å, energies eV, times fs.
public struct Configuration: Sendable {
  public var cell: Cell
  public var elements: [Element]
  public var positions: [Vector3]
  /// Å/fs.
  public var velocities: [Vector3]?
  /// eV/Å.
  public var forces: [Vector3]?
  /// Potential energy of each atom, eV.
  public var energies: [Double]?
  /// amu; nil: the elements' standard weights.
  public var masses: [Double]?
  /// e.
  public var charges: [Double]?
  /// Stable atom ids; nil: 1 to N in order.
  public var ids: [Int64]?
  /// How many cells each atom was wrapped along a, b, c: unwrapped = position + image * cell.
  public var images: [SIMD3<Int32>]?
  /// Potential energy, eV.
  public var energy: Double?
  /// W = Σ r ⊗ F = −dE/dε, eV.
  public var virial: Matrix3?
  /// MD step and time (fs) of this frame.
  public var step: Int?
  public var time: Double?
  /// Further per-atom columns, in the file's order.
  public var columns: [AtomColumn] = []
  /// Further facts about the frame, in the file's order.
  public var properties: [(key: String, value: PropertyValue)] = []

  public init(cell: Cell, elements: [Element], positions: [Vector3]) {
    precondition(elements.count == positions.count)
    self.cell = cell
    self.elements = elements
    self.positions = positions
  }

  public var count: Int { positions.count }

  /// ASE's stress σ = −W/V, eV/Å³; nil without a virial or a volume.
  public var stress: Matrix3? {
    guard let virial, cell.volume > 0 else { return nil }
    return (-1 / cell.volume) * virial
  }
}

/// A per-atom column that swmd keeps but gives no meaning to: `width` values an atom, atom by atom.
public struct AtomColumn: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    case real([Double])
    case integer([Int])
    case logical([Bool])
    case string([String])
  }

  public var name: String
  public var width: Int
  public var values: Values

  public init(name: String, width: Int, values: Values) {
    self.name = name
    self.width = width
    self.values = values
  }
}

/// A value in a frame's header: a scalar, or an array with its shape.
public enum PropertyValue: Equatable, Sendable {
  case real(Double)
  case integer(Int)
  case logical(Bool)
  case string(String)
  /// Row-major; shape [n] or [rows, columns].
  case reals([Double], shape: [Int])
  case integers([Int], shape: [Int])
  case logicals([Bool], shape: [Int])
  case strings([String])
}
