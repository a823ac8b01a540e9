import Atomistics
import Diagnostics
import Foundation
import Numerics

/// Energies of a crystal at several volumes: the cell scaled alike in all directions, its shape kept.
public struct EquationOfStateCalculation {
  /// V/V_ref, lowest to highest.
  public var range: ClosedRange<Double>
  /// Volumes at even distances over the range.
  public var count: Int
  /// Whether the atoms find their places at each volume or keep their fractional coordinates.
  public var relaxesAtoms: Bool

  /// - Throws: `Failure.input` for a range or a number of points that no curve can be fitted to.
  public init(range: ClosedRange<Double> = 0.94...1.06, count: Int = 13, relaxesAtoms: Bool = true) throws {
    guard range.lowerBound >= 0.3, range.upperBound <= 3, range.upperBound - range.lowerBound >= 1e-4 else {
      throw Failure.input(
        "volumes of \(range.lowerBound) to \(range.upperBound) times the reference are out of range",
        remedy: "use a range within 0.3 and 3, such as 0.94:1.06")
    }
    guard count >= EquationOfStateFit.minimumCount, count <= 10_000 else {
      throw Failure.input(
        "\(count) points are out of range", remedy: "use \(EquationOfStateFit.minimumCount) to 10000 points, such as 13")
    }
    (self.range, self.count, self.relaxesAtoms) = (range, count, relaxesAtoms)
  }

  /// What was found at one volume.
  public struct Point: Equatable, Sendable {
    /// Å³.
    public var volume: Double
    /// eV.
    public var energy: Double
    /// tr W/(3V), from the virial and not from the fit, eV/Å³.
    public var pressure: Double
  }

  /// The points in order of volume.
  /// - Parameter progress: called before each point with the number of those done.
  /// - Throws: what `model` throws.
  public func run(
    _ reference: Configuration, _ model: some MechanicalModel, progress: (Int) -> Void = { _ in }
  ) throws -> [Point] {
    try (0..<count).map { i in
      progress(i)
      let ratio = range.lowerBound + Double(i) / Double(count - 1) * (range.upperBound - range.lowerBound)
      var scaled = reference.deformed(by: cbrt(ratio) * Matrix3.identity)
      if relaxesAtoms { scaled = try model.relaxingAtoms(of: scaled) }
      let response = try model.evaluate(scaled), volume = scaled.cell.volume
      return Point(volume: volume, energy: response.energy, pressure: response.virial.trace / (3 * volume))
    }
  }
}
