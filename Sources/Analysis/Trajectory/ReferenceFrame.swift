import Atomistics
import Diagnostics

/// What motion is measured against.
///
/// Self-diffusion and Onsager coefficients of a finite system differ between these, so every result says which it used.
public enum ReferenceFrame: Equatable, Sendable {
  /// The simulation cell.
  case raw
  /// The center of mass of all atoms (barycentric): Σ_i m_i L_ij = 0.
  case centerOfMass
  /// The mean of an element's atoms, a host lattice for example.
  case species(Element)

  /// "raw", "com" or an element's symbol.
  /// - Throws: `Failure.input` for anything else.
  public init(named name: String) throws {
    switch name {
    case "raw", "lab": self = .raw
    case "com": self = .centerOfMass
    default:
      guard let element = Element(symbol: name) else {
        throw Failure.input("'\(name)' is no reference frame", remedy: "use raw, com or an element's symbol")
      }
      self = .species(element)
    }
  }

  public var name: String {
    switch self {
    case .raw: "raw"
    case .centerOfMass: "com"
    case .species(let element): element.symbol
    }
  }

  /// [atoms], each atom's part of the reference point; nil: there is none to subtract.
  func weights(of trajectory: Trajectory) throws -> [Double]? {
    switch self {
    case .raw: return nil
    case .centerOfMass:
      let total = trajectory.masses.reduce(0, +)
      return trajectory.masses.map { $0 / total }
    case .species(let element):
      let count = Double(try trajectory.atoms(of: element).count)
      return trajectory.elements.map { $0 == element ? 1 / count : 0 }
    }
  }
}
