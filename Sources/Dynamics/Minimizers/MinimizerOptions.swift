import Atomistics

/// Which strains of the cell a minimizer may make.
///
/// Strains act along the periodic directions only: an open direction never relaxes.
public enum CellRelaxation: String, CaseIterable, Sendable {
  case fixed
  /// The volume; the shape stays.
  case hydrostatic
  /// Volume and shape; the orientation stays.
  case full
}

/// What a minimizer is to reach, and how far it may go in one step.
public struct MinimizerOptions: Equatable, Sendable {
  /// The largest force on an atom at the end, eV/Å.
  public var forceTolerance: Double
  public var maximumSteps: Int
  /// The farthest that an atom moves in a step, besides the motion that it shares with the cell, Å. A strain moves nearest
  /// neighbors no farther than this against each other.
  public var maximumDisplacement: Double
  public var cell: CellRelaxation
  /// bar, positive under compression; what the cell is relaxed to.
  public var pressure: Double
  /// bar; how far each component of the pressure tensor may be from `pressure` at the end.
  public var stressTolerance: Double
  /// Atoms that keep their place in the cell, and whose forces do not count.
  public var frozen: GroupSelection?

  public init(
    forceTolerance: Double = 0.01, maximumSteps: Int = 10_000, maximumDisplacement: Double = 0.1,
    cell: CellRelaxation = .fixed, pressure: Double = 0, stressTolerance: Double = 10, frozen: GroupSelection? = nil
  ) {
    self.forceTolerance = forceTolerance
    self.maximumSteps = maximumSteps
    self.maximumDisplacement = maximumDisplacement
    self.cell = cell
    self.pressure = pressure
    self.stressTolerance = stressTolerance
    self.frozen = frozen
  }
}

extension MinimizerOptions {
  /// For the log: "to 0.01 eV/Å, cell full at 1 bar to 10 bar, in at most 100 steps".
  var goal: String {
    let cellGoal = cell == .fixed ? "" : ", cell \(cell.rawValue) at \(pressure) bar to \(stressTolerance) bar"
    return "to \(forceTolerance) eV/Å\(cellGoal), in at most \(maximumSteps) steps"
  }
}
