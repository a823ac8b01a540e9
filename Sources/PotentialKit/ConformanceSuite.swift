import Atomistics
import Diagnostics
import Numerics

/// What every potential must satisfy, whatever its family.
public enum ConformanceCheck: String, CaseIterable, Sendable {
  /// Energies, forces, virial and grades are finite; the fourth lane of forces is zero.
  case finiteResults = "finite results"
  /// F = −dE/dx along random directions.
  case forces
  /// W = −dE/dε under random strains.
  case virial
  /// Moving everything changes nothing; the forces add up to zero.
  case translation
  /// Turning everything turns the results.
  case rotation
  /// The order of atoms and of kinds does not matter.
  case permutation
  /// Any split of the atoms over ranks gives the same results.
  case ranks
  /// A rank without atoms does its part in every exchange.
  case emptyRank = "empty rank"
  /// Two copies have twice the energy.
  case additivity
  /// The energy is continuous wherever atoms go.
  case energyContinuity = "energy continuity"
  /// The force is continuous wherever atoms go.
  case forceContinuity = "force continuity"
  /// Neighbors between cutoff and cutoff + skin do not matter.
  case skin
  /// Results are added to the output, and ghosts get forces only if the potential says so.
  case accumulation
  /// Forces are the same bits where energies and virial may be left out.
  case onlyForces = "only forces"
  /// An evaluation leaves no trace in the next: the same bits again.
  case repetition
  /// The same bits with and without grades; grades only from an active set.
  case grades
  /// Per-atom virials add up to the virial; the same bits of all else with and without; none where the potential says so.
  case virialShares = "virial shares"
  /// W_i = −dE_i/dε: not for potentials whose E_i depends on more than the neighbors of i.
  case virialOfCenters = "virial of centers"
}

/// A check that a potential failed.
public struct ConformanceFinding: Sendable, CustomStringConvertible {
  public var check: ConformanceCheck
  /// Index into the configurations given.
  public var configuration: Int
  /// By how much, in the units of the quantity that `detail` names.
  public var deviation: Double
  public var tolerance: Double
  public var detail: String

  public var description: String {
    "\(check.rawValue), configuration \(configuration): \(detail) is off by \(deviation), more than \(tolerance)"
  }
}

/// How strict the suite is.
public struct ConformanceOptions: Sendable {
  /// For results that are equal in exact arithmetic, relative to the largest energy, force or virial (at least 1 eV,
  /// 1 eV/Å): summation order costs 1e-16 a term times the cancellation among them. Looser for a potential in mixed
  /// precision.
  public var rounding = 1e-10
  /// For derivatives, relative to the norm of the force or virial (at least 1): a fourth-order difference with `step`
  /// is good to 1e-9 where fifth derivatives are of the order of 1e4 eV/Å⁵.
  public var derivative = 1e-7
  /// Å: small against the distance over which a potential changes, large against rounding (1e-16 |E|/step). Where that
  /// fails, a tenth and a hundredth of it are tried.
  public var step = 1e-3
  /// eV or eV/Å: the smallest jump that is one. Smooth functions pass at any value, as intervals shrink until they do.
  public var jump = 1e-6
  /// Å: from where on two isolated atoms are pulled apart; nil: from half the cutoff.
  public var closestDimer: Double?
  /// Of directions, strains, orders and splits; each draws anew.
  public var trials = 3
  public var seed: UInt32 = 1
  /// Checks that the potential is known not to pass, such as the continuity of a plainly cut pair potential.
  public var skipped: Set<ConformanceCheck> = []

  public init() {}
}

/// Runs the conformance suite.
///
/// - Parameters:
///   - configurations: good ones have every element, several shapes of cell (also one smaller than the cutoff) and of
///     periodicity, and atoms off their lattice sites.
///   - makePotential: makes a new instance of the potential, not bound yet; each rank of a split has its own.
/// - Returns: what failed; empty if the potential conforms.
/// - Throws: what the potential or a configuration's set-up throws.
public func checkConformance(
  on configurations: [Configuration], options: ConformanceOptions = ConformanceOptions(),
  of makePotential: () throws -> any Potential
) throws -> [ConformanceFinding] {
  try withoutActuallyEscaping(makePotential) { makePotential in
    var findings: [ConformanceFinding] = []
    for (index, configuration) in configurations.enumerated() {
      var bench = try ConformanceBench(configuration, index: index, options: options, makePotential: makePotential)
      try bench.checkContract()
      // What is not finite fails everything else too.
      if !bench.findings.contains(where: { $0.check == .finiteResults }) {
        try bench.checkDerivatives()
        try bench.checkVirials()
        try bench.checkSymmetries()
        try bench.checkRanks()
        try bench.checkContinuity()
      }
      findings += bench.findings
    }
    return findings.filter { !options.skipped.contains($0.check) }
  }
}
