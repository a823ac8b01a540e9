import Atomistics
import Diagnostics

/// A potential whose grades rest on active sets: it hands over the rows of environments, out of which others choose the set.
///
/// γ(b) = max_j |(b A⁻¹)_j| with A the square matrix of active rows b (D-optimality; E. V. Podryabinkin and A. V. Shapeev,
/// Comput. Mater. Sci. 140, 171 (2017), doi:10.1016/j.commatsci.2017.08.031). A row is what the potential linearizes the
/// energy of an atom in: derivatives with respect to all parameters (MTP) or values of basis functions (ACE).
public protocol ActiveSetPotential: Potential {
  /// What a row can stand for in a file of this potential; the first is the usual one.
  var activeSetModes: [ActiveSetMode] { get }
  /// One where the rows of all elements share a matrix, or one an element; the order in which sets come and go.
  func activeSetBlocks(_ mode: ActiveSetMode) -> [ActiveSetBlock]
  /// What the name of a file with its active sets ends in, without the dot: "almtp", "asi".
  func activeSetSuffix(_ mode: ActiveSetMode) -> String
  /// The active sets that it grades with, in the order of the blocks; nil without.
  var activeSets: [ActiveSetMatrix]? { get }
  /// What their rows stand for; nil without.
  var activeSetMode: ActiveSetMode? { get }

  /// - Throws: `Failure.input` where the potential's file lacks what rows are made of.
  func requireRows() throws

  /// Calls `body` with the rows of all owned centers, in batches of centers of one kind, in any order. Bound before.
  ///
  /// Reads what `evaluate` reads. `body` is called once a batch, not once an atom. Rows of configurations are those of their
  /// atoms.
  func forEachRowBatch(
    _ mode: ActiveSetMode, _ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange,
    _ body: (ActiveSetRowBatch) -> Void
  ) throws

  /// What a configuration's sum over atoms is multiplied by to give its row.
  func configurationFactor(atomCount: Int) -> Double
  /// The configurations that own the rows of `activeSets`, in MLIP's cfg format; empty where the file keeps none.
  var selectedConfigurations: [UInt8] { get }
  /// What MLIP's configurations call the elements, in the order of `summary.elements`.
  var configurationLabels: [Int] { get }

  /// The content of a file that holds the active sets, in the format of the program that made the potential's.
  ///
  /// - Parameters:
  ///   - sets: in the order of the blocks; their origins count the selected configurations.
  ///   - selected: the configurations that own rows.
  func encode(_ sets: [ActiveSetMatrix], mode: ActiveSetMode, selected: SelectedConfigurations) -> [UInt8]
}

extension ActiveSetPotential {
  public var activeSetModes: [ActiveSetMode] { [.neighborhood] }
  public func requireRows() throws {}
  /// The mean over the atoms.
  public func configurationFactor(atomCount: Int) -> Double { 1 / Double(max(atomCount, 1)) }
  public var selectedConfigurations: [UInt8] { [] }
  public var configurationLabels: [Int] { Array(summary.elements.indices) }
}

/// A potential that may grade configurations as a whole: by the sum of their atoms' rows, over all ranks.
public protocol ConfigurationGrading: Potential {
  /// Whether its active set is one of configurations, so that there are no grades of atoms.
  var gradesConfigurations: Bool { get }

  /// Does what `evaluate` does and returns this rank's sum of rows; nil without an active set.
  func evaluateWithRowSum(_ atoms: AtomStore, _ neighbors: NeighborList, into output: ForceOutput) -> [Double]?

  /// The grade of a configuration of `atomCount` atoms from the sum over all ranks; nil where it grades no configurations.
  func configurationGrade(rowSum: [Double], atomCount: Int) -> Double?
}

/// The configurations that own the rows of an active set.
public struct SelectedConfigurations: Sendable {
  /// The number of atoms of each.
  public var atomCounts: [Int]
  /// In MLIP's cfg format, with the elements' labels and the feature `selected_eqn_inds`.
  public var text: [UInt8]

  public init(atomCounts: [Int], text: [UInt8]) {
    self.atomCounts = atomCounts
    self.text = text
  }
}

/// What a row of an active set stands for.
public enum ActiveSetMode: String, CaseIterable, Sendable {
  /// One atom's environment: a grade an atom.
  case neighborhood
  /// A whole configuration, the mean of its atoms' rows: a grade a configuration.
  case configuration
  /// One atom's environment, in what an energy that is not linear in its parameters is linearized in: a grade an atom.
  case full
}

/// A square matrix of active rows, to be.
public struct ActiveSetBlock: Equatable, Sendable {
  /// Whose rows it takes; nil: those of all elements.
  public var element: Element?
  /// Length of a row, and the number of rows of a complete set.
  public var width: Int
  /// ε of the placeholders ε e_k that stand for rows not yet found; directions that no row reaches keep them.
  public var placeholder: Double

  public init(element: Element?, width: Int, placeholder: Double) {
    self.element = element
    self.width = width
    self.placeholder = placeholder
  }
}

/// Where a row comes from: a configuration, counted from 0, and an atom in it, or the configuration as a whole.
public struct ActiveSetOrigin: Hashable, Comparable, BitwiseCopyable, Sendable {
  public var configuration: Int32
  /// −1: the whole configuration.
  public var atom: Int32

  public init(configuration: Int, atom: Int?) {
    self.configuration = Int32(configuration)
    self.atom = Int32(atom ?? -1)
  }

  /// The atom whose energy is MLIP's equation of that number, in a configuration of `atomCount` atoms; whole for others.
  public init(configuration: Int, equation: Int, atomCount: Int) {
    let atom = equation - (1 + 3 * atomCount + 9)
    self.init(configuration: configuration, atom: (0..<atomCount).contains(atom) ? atom : nil)
  }

  /// A placeholder's.
  public static let placeholder = ActiveSetOrigin(configuration: -1, atom: nil)

  /// MLIP's number of the row's equation: energy 0, then forces, stress, and the atoms' energies.
  public func equation(atomCount: Int) -> Int { atom < 0 ? 0 : 1 + 3 * atomCount + 9 + Int(atom) }

  public static func < (a: Self, b: Self) -> Bool {
    (a.configuration, a.atom) < (b.configuration, b.atom)
  }
}

/// An active set: its rows, the transpose of their inverse, and where they come from.
public struct ActiveSetMatrix: Equatable, Sendable {
  /// Side of the matrices.
  public var width: Int
  /// A, [row][column].
  public var rows: [Double]
  /// A⁻ᵀ, [row][column]: γ(b) = max_row |inverseTransposed[row] · b|.
  public var inverseTransposed: [Double]
  /// One a row.
  public var origins: [ActiveSetOrigin]

  public init(width: Int, rows: [Double], inverseTransposed: [Double], origins: [ActiveSetOrigin]) {
    self.width = width
    self.rows = rows
    self.inverseTransposed = inverseTransposed
    self.origins = origins
  }
}

/// Rows of some centers of one kind; the memory is the potential's and valid during the call.
public struct ActiveSetRowBatch {
  /// Which of the potential's `activeSetBlocks` they belong to.
  public var block: Int
  /// Local indices of the centers.
  public var centers: UnsafeBufferPointer<Int32>
  /// [center][column of the block].
  public var rows: UnsafePointer<Double>

  public init(block: Int, centers: UnsafeBufferPointer<Int32>, rows: UnsafePointer<Double>) {
    self.block = block
    self.centers = centers
    self.rows = rows
  }
}
