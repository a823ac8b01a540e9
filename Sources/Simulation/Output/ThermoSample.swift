import Atomistics
import Dynamics

/// What a log line tells of one step. Everything but the rates is the same for the same run on the same ranks.
public struct ThermoSample: Equatable, Sendable {
  /// The stage's name.
  public var stage: String
  /// Since the run began, over all stages.
  public var step: Int
  /// fs.
  public var time: Double
  public var thermodynamics: Thermodynamics
  /// eV; what the stage's equations of motion conserve, nil for a minimization.
  public var conservedEnergy: Double?
  public var cell: Cell
  /// Change of the conserved energy since the stage began, eV/atom; of the potential energy in a minimization.
  public var drift: Double
  /// The largest force on an atom, eV/Å.
  public var largestForce: Double

  public init(
    stage: String, step: Int, time: Double, thermodynamics: Thermodynamics, conservedEnergy: Double?, cell: Cell,
    drift: Double, largestForce: Double
  ) {
    self.stage = stage
    self.step = step
    self.time = time
    self.thermodynamics = thermodynamics
    self.conservedEnergy = conservedEnergy
    self.cell = cell
    self.drift = drift
    self.largestForce = largestForce
  }
}

/// How fast a run is and how long it will take; of the clock, hence never in a file that two equal runs must share.
public struct RunRate: Equatable, Sendable {
  public var stepsPerSecond: Double
  public var atomStepsPerSecondPerRank: Double
  /// Seconds; nil: not known yet.
  public var timeLeft: Double?

  /// - Parameter stepsLeft: in the stage; nil where it has no fixed end.
  public init(stepsPerSecond: Double, atoms: Int, ranks: Int, stepsLeft: Int?) {
    self.stepsPerSecond = stepsPerSecond
    atomStepsPerSecondPerRank = stepsPerSecond * Double(atoms) / Double(max(1, ranks))
    timeLeft = stepsPerSecond > 0 ? stepsLeft.map { Double($0) / stepsPerSecond } : nil
  }
}
