import Atomistics
import Diagnostics
import Numerics

/// An interatomic potential: from the positions of a rank's atoms to energies, forces and virial.
///
/// A potential knows nothing of integrators, files other than its own, or MPI. It is called once a step on every rank, also
/// where there are no atoms. Several potentials add up: each adds to the output and clears nothing.
public protocol Potential: AnyObject {
  /// What the log prints of it.
  var summary: PotentialSummary { get }
  /// The largest distance (Å) at which a neighbor matters; strict.
  var cutoff: Double { get }
  /// Whether `evaluate` adds forces to ghosts, so that the engine must return them to their owners.
  var addsForcesToGhosts: Bool { get }
  /// Whether `evaluate` can give extrapolation grades: it has an active set.
  var hasActiveSet: Bool { get }
  /// Whether `evaluate` can give per-atom virials; one that does not say so gives none.
  var givesVirials: Bool { get }

  /// Called once before the first evaluation: `elements[k]` is the element of atoms of kind k.
  /// - Throws: `Failure.input` that names an element which the potential does not know, and the potential's file.
  func bind(elements: [Element]) throws

  /// Adds energies, forces and the virial of the owned centres to `output`.
  ///
  /// Sums over ranks and the return of ghost forces are the engine's. `halo` serves potentials that need a per-atom quantity of
  /// the ghosts in the middle of an evaluation (EAM's embedding derivative, messages of a graph network); the calls are
  /// collective: every rank makes the same sequence of them.
  func evaluate(_ atoms: AtomStore, _ neighbors: NeighborList, halo: any HaloExchange, into output: ForceOutput) throws
}

extension Potential {
  public var givesVirials: Bool { false }
}

public struct PotentialSummary: Sendable {
  /// "MTP", "Lennard-Jones", ...
  public var family: String
  /// The file's path, or nil where the parameters stand in the input.
  public var file: String?
  /// In the file's order of types; empty: any element.
  public var elements: [Element]
  /// Further facts, one a line: "level 16, 92 scalars", ...
  public var details: [String]

  public init(family: String, file: String?, elements: [Element], details: [String]) {
    self.family = family
    self.file = file
    self.elements = elements
    self.details = details
  }
}

/// Exchanges per-atom arrays between owned atoms and their ghosts. Collective.
public protocol HaloExchange: AnyObject {
  /// Copies `width` doubles of each owned atom to all its ghosts. `values`: [total atoms][width].
  func forward(_ values: UnsafeMutablePointer<Double>, width: Int)
  /// Adds `width` doubles of each ghost to its owner's; ghosts keep theirs. `values`: [total atoms][width].
  func reverse(_ values: UnsafeMutablePointer<Double>, width: Int)
}

/// Where potentials add their results, one rank's share.
public final class ForceOutput {
  /// eV/Å, owned and ghosts; the fourth lane stays 0.
  public var forces: UnsafeMutablePointer<SIMD4<Double>>
  /// eV, owned.
  public var energies: UnsafeMutablePointer<Double>
  /// W = Σ r ⊗ F = −dE/dε, eV: each ordered pair (i, j) once, given to the rank that owns i.
  public var virial: Matrix3 = .zero
  /// Extrapolation grades of the owned atoms, or nil where nobody asks. A potential stores the larger of its own and what is there.
  public var grades: UnsafeMutablePointer<Double>?
  /// Per-atom virials W_i, [owned][9] row by row, eV, or nil where nobody asks; only where `givesVirials`.
  ///
  /// The share of the center whose energy it is: W_i = −Σ_j r_ij ⊗ dE_i/dr_ij = −dE_i/dε with r_ij = r_j − r_i, so that
  /// Σ_i W_i = W; for pairs half to either atom. Where E_i depends on more than its own neighbors (messages), center i gets its
  /// own bonds' −r_ij ⊗ dE/dr_ij. Forces, energies and W must be the same bits with and without.
  /// (A. P. Thompson et al., J. Chem. Phys. 131, 154107 (2009). Heat currents want another share, with dE_j/dr_ji:
  /// Z. Fan et al., Phys. Rev. B 92, 094301 (2015).)
  public var virials: UnsafeMutablePointer<Double>?
  /// Whether a potential may leave out energies and virial, for steps whose forces are all that matters; it need not.
  /// The forces must be the same bits.
  public var needsOnlyForces = false
  /// How many owned atoms lay outside what the potential was made for (an EAM density beyond its table, a neighbor closer than
  /// a moment tensor potential's shortest distance), so that their energy is an extrapolation. Counted where energies are
  /// wanted; the engine sums it over ranks and warns.
  public var outOfRangeCount = 0

  public init(
    forces: UnsafeMutablePointer<SIMD4<Double>>, energies: UnsafeMutablePointer<Double>,
    grades: UnsafeMutablePointer<Double>?, virials: UnsafeMutablePointer<Double>? = nil
  ) {
    self.forces = forces
    self.energies = energies
    self.grades = grades
    self.virials = virials
  }

  /// Adds `share` to the virial of an owned atom in `virials`, [owned][9].
  @inlinable @inline(__always)
  public static func add(_ share: Matrix3, to virials: UnsafeMutablePointer<Double>, of atom: Int) {
    let mine = virials + 9 &* atom
    for axis in 0..<3 {
      mine[axis] += share.rows.0[axis]
      mine[3 &+ axis] += share.rows.1[axis]
      mine[6 &+ axis] += share.rows.2[axis]
    }
  }
}
