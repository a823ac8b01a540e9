import Numerics

/// The form that a stiffness takes in a crystal system, with the averages that the form makes equal (J. F. Nye, Physical
/// Properties of Crystals (1957), ch. 8). Axes as in the usual setting: cubic along x, y, z; hexagonal with its axis along z.
public enum CrystalForm: Equatable, Sendable {
  case cubic(c11: Estimate, c12: Estimate, c44: Estimate)
  /// C66 = (C11 − C12)/2.
  case hexagonal(c11: Estimate, c12: Estimate, c13: Estimate, c33: Estimate, c44: Estimate)

  /// Elements may differ from the form by this part of the largest one, or three of their standard errors.
  public static let tolerance = 2e-3

  /// nil where the matrix has neither form.
  public init?(_ constants: ElasticConstants) {
    func mean(_ pairs: [(Int, Int)]) -> Estimate { Estimate(mean: pairs.map { constants[$0.0, $0.1] }) }
    let (c12, c44) = (mean([(0, 1), (0, 2), (1, 2)]), mean([(3, 3), (4, 4), (5, 5)]))
    let cubic = CrystalForm.cubic(c11: mean([(0, 0), (1, 1), (2, 2)]), c12: c12, c44: c44)
    let hexagonal = CrystalForm.hexagonal(
      c11: mean([(0, 0), (1, 1)]), c12: constants[0, 1], c13: mean([(0, 2), (1, 2)]), c33: constants[2, 2],
      c44: mean([(3, 3), (4, 4)]))
    guard let form = [cubic, hexagonal].first(where: { $0.matches(constants) }) else { return nil }
    self = form
  }

  /// Names and values of the averages, in the usual order.
  public var averages: [(name: String, estimate: Estimate)] {
    switch self {
    case .cubic(let c11, let c12, let c44): [("C11", c11), ("C12", c12), ("C44", c44)]
    case .hexagonal(let c11, let c12, let c13, let c33, let c44):
      [("C11", c11), ("C12", c12), ("C13", c13), ("C33", c33), ("C44", c44)]
    }
  }

  public var name: String {
    switch self {
    case .cubic: "cubic"
    case .hexagonal: "hexagonal"
    }
  }

  /// The stiffness that has exactly this form.
  private var stiffness: DenseMatrix {
    let axial: (c11: Double, c12: Double, c13: Double, c33: Double, c44: Double, c66: Double)
    switch self {
    case .cubic(let c11, let c12, let c44):
      axial = (c11.value, c12.value, c12.value, c11.value, c44.value, c44.value)
    case .hexagonal(let c11, let c12, let c13, let c33, let c44):
      axial = (c11.value, c12.value, c13.value, c33.value, c44.value, 0.5 * (c11.value - c12.value))
    }
    var c = DenseMatrix(diagonal: [axial.c11, axial.c11, axial.c33, axial.c44, axial.c44, axial.c66])
    for (i, j, value) in [(0, 1, axial.c12), (0, 2, axial.c13), (1, 2, axial.c13)] {
      c[i, j] = value
      c[j, i] = value
    }
    return c
  }

  private func matches(_ constants: ElasticConstants) -> Bool {
    let form = stiffness, largest = constants.stiffness.elements.map { abs($0) }.max() ?? 0
    return (0..<6).allSatisfy { i in
      (i..<6).allSatisfy { j in
        let error = constants.errors[i, j].isFinite ? constants.errors[i, j] : 0
        return abs(constants.stiffness[i, j] - form[i, j]) <= max(Self.tolerance * largest, 3 * error)
      }
    }
  }
}
