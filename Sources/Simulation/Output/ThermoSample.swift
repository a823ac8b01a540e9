/// What a log line tells of one step. Everything but the rates is the same for the same run on the same ranks.
public struct ThermoSample: Equatable, Sendable {
  /// The stage's name.
  public var stage: String
  /// Since the run began, over all stages.
  public var step: Int
  /// fs.
  public var time: Double
  /// K.
  public var temperature: Double
  /// eV.
  public var potentialEnergy: Double
  /// eV.
  public var kineticEnergy: Double
  /// Bar, positive under compression; nil where the cell has no volume.
  public var pressure: Double?
  /// Å³; nil where the cell has none.
  public var volume: Double?
  /// Change of the total energy since the stage began, eV/atom.
  public var drift: Double
  /// The largest force on an atom, eV/Å.
  public var largestForce: Double

  public init(
    stage: String, step: Int, time: Double, temperature: Double, potentialEnergy: Double, kineticEnergy: Double,
    pressure: Double?, volume: Double?, drift: Double, largestForce: Double
  ) {
    self.stage = stage
    self.step = step
    self.time = time
    self.temperature = temperature
    self.potentialEnergy = potentialEnergy
    self.kineticEnergy = kineticEnergy
    self.pressure = pressure
    self.volume = volume
    self.drift = drift
    self.largestForce = largestForce
  }

  /// eV.
  public var totalEnergy: Double { potentialEnergy + kineticEnergy }
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
