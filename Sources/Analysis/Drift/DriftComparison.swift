import Atomistics
import Diagnostics
import Foundation

/// The matrix that `onsager` has written.
public struct OnsagerFile: Sendable {
  public let path: String
  public let species: [String]
  /// 1/(eV Å ps), and standard errors.
  public let onsager, standardErrors: [[Double]]

  /// - Throws: `Failure.input` where the file is no result of `onsager`.
  public init(path: String) throws {
    struct Content: Decodable {
      let species: [String]
      let L_per_eV_A_ps, L_stderr: [[Double]]
    }
    let place = Place(file: path)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: place, remedy: "see that it is there")
    }
    guard let content = try? JSONDecoder().decode(Content.self, from: data),
      [content.L_per_eV_A_ps, content.L_stderr].allSatisfy({ matrix in
        matrix.count == content.species.count && matrix.allSatisfy { $0.count == content.species.count }
      })
    else {
      throw Failure.input("this is no result of analyze onsager", at: place, remedy: "give its onsager.json")
    }
    (self.path, species) = (path, content.species)
    (onsager, standardErrors) = (content.L_per_eV_A_ps, content.L_stderr)
  }
}

/// The response to a field beside what the fluctuations at equilibrium predict.
///
/// The elements' errors are combined as if they were independent. Coefficients against the cell are meant: `onsager --frame
/// raw`.
public struct DriftComparison: Sendable {
  public let file: String
  /// [species], Σ_j L_ij z_j, 1/(eV Å ps); nil where the file does not have the species.
  public let predicted: [Estimate?]
  /// S/m.
  public let conductivity: Estimate?
  /// [species] and of the conductivity: difference over the standard error of the difference.
  public let deviations: [Double?]
  public let conductivityDeviation: Double?

  init(_ file: OnsagerFile, species: [Element], charges: [Double], responses: [Estimate], _ measured: Estimate) {
    self.file = file.path
    let places = species.map { file.species.firstIndex(of: $0.symbol) }
    func combination(_ terms: [(weight: Double, i: Int, j: Int)]) -> Estimate {
      let value = terms.reduce(0) { $0 + $1.weight * file.onsager[$1.i][$1.j] }
      let variance = terms.reduce(0) { sum, term in
        let part = term.weight * file.standardErrors[term.i][term.j]
        return sum + part * part
      }
      return Estimate(value, error: variance.squareRoot())
    }
    func deviation(_ a: Estimate, _ b: Estimate) -> Double {
      (a.value - b.value) / (a.standardError * a.standardError + b.standardError * b.standardError).squareRoot()
    }
    let isComplete = zip(places, charges).allSatisfy { $0 != nil || $1 == 0 }
    let charged = zip(places, charges).compactMap { place, charge in place.map { (place: $0, charge: charge) } }
    predicted = places.map { place in
      guard isComplete, let i = place else { return nil }
      return combination(charged.map { (weight: $0.charge, i: i, j: $0.place) })
    }
    deviations = zip(responses, predicted).map { measured, predicted in predicted.map { deviation(measured, $0) } }
    conductivity =
      isComplete
      ? combination(
        charged.enumerated().flatMap { a, first in
          charged[a...].map { second in
            let factor = first.place == second.place ? 1.0 : 2.0
            return (
              weight: DriftAnalysis.siemensPerMeter * factor * first.charge * second.charge, i: first.place, j: second.place
            )
          }
        }) : nil
    conductivityDeviation = conductivity.map { deviation(measured, $0) }
  }
}
