import Decomposition

/// What a stage of a run does step by step: molecular dynamics or a minimization.
///
/// All methods are collective. Two runs that stand at the same step, one of them restored from a checkpoint, go on with
/// the same bits: whatever the next step depends on is in the atoms, in `state` or in `fields`.
public protocol StageProcess: AnyObject {
  /// One line for the log.
  var summary: String { get }
  /// Steps since the stage began.
  var stepsDone: Int { get }
  /// After how many steps the stage ends at the latest; nil where the time decides.
  var stepLimit: Int? { get }
  /// How much of the stage is done, 0 to 1.
  var progress: Double { get }
  /// Whether every step needs energies and virial, not only those that an output asks for.
  var needsVirial: Bool { get }
  /// Whether the atoms' velocities are those of the process; a minimizer leaves them aside.
  var hasMotion: Bool { get }
  /// What the log shall warn of before the stage begins.
  var warnings: [String] { get }
  /// What the log shows of the system now. Collective.
  var thermodynamics: Thermodynamics { get }
  /// eV; what the equations of motion conserve, nil for minimizers. Energies must be those of the last step. Collective.
  var conservedEnergy: Double? { get }

  /// Begins the stage: forces are those of the positions. Not called where a checkpoint is restored.
  func begin() throws
  /// One step. Returns whether any rank raised `flag`.
  /// - Parameter onlyForces: nobody will ask for energies and virial after this step.
  func advance(flag: Bool, onlyForces: Bool) throws -> Bool
  /// Why the stage ends here, as a sentence for the log, or nil while it goes on.
  func ending() throws -> String?
  /// Ends the stage and gives back what it had registered.
  func end() throws

  /// What a checkpoint keeps besides the atoms: the same on all ranks. Collective.
  var state: [Double] { get }
  /// Takes back what `state` gave, instead of `begin`.
  /// - Throws: `Failure.input` where it does not fit.
  func restore(_ state: [Double]) throws
  /// Per-atom state that a checkpoint keeps, with names that stay the same.
  var fields: [(name: String, field: AtomField)] { get }
}

extension StageProcess {
  public var hasMotion: Bool { false }
  public var warnings: [String] { [] }

  /// At the pace of the steps so far; nil where that tells nothing.
  public var stepsLeft: Int? {
    if let stepLimit { return stepLimit - stepsDone }
    return progress > 0 ? Int(Double(stepsDone) * (1 - progress) / progress) : nil
  }
}
