import Atomistics
import Formats
import Mechanics
import Numerics

extension ElasticReport {
  /// Everything that the terminal shows, with parameters and units; numbers read back to the same bits.
  public var json: String {
    get throws {
      let best = result.best, vectors = reference.cell.vectors
      return try jsonText(
        Document(
          source: task.source.description, composition: composition, atoms: reference.count,
          parameters: Parameters(
            relaxedCell: task.relaxesCell, relaxedIons: task.relaxesAtoms, strain: task.amplitude,
            forceTolerance: ReportedValue(value: task.forceTolerance, unit: "eV/Å"),
            stressTolerance: ReportedValue(value: task.stressTolerance, unit: "GPa")),
          cell: (0..<3).map { [vectors[$0].x, vectors[$0].y, vectors[$0].z] },
          stress: result.referenceStress.map { $0 * Self.scale }, relaxedIonConstants: result.relaxed.map(Matrix.init),
          clampedIonConstants: Matrix(result.clamped), crystalForm: CrystalForm(best).map(Form.init),
          moduli: best.moduli.map(Self.moduli), isStable: best.isStable,
          stabilityEigenvalues: best.stabilityEigenvalues.map { $0 * Self.scale },
          units: ["cell": "Å", "stress": "GPa", "constants": "GPa", "stabilityEigenvalues": "GPa"],
          order: Voigt.names))
    }
  }

  private static let scale = Units.gigapascalPerEVPerCubicAngstrom

  private static func moduli(_ moduli: ElasticModuli) -> [String: ReportedValue] {
    func stress(_ estimate: Estimate) -> ReportedValue {
      ReportedValue(value: estimate.value * scale, error: estimate.error * scale, unit: "GPa")
    }
    func number(_ estimate: Estimate) -> ReportedValue {
      ReportedValue(value: estimate.value, error: estimate.error, unit: "1")
    }
    return [
      "bulkVoigt": stress(moduli.bulkVoigt), "bulkReuss": stress(moduli.bulkReuss), "bulkHill": stress(moduli.bulkHill),
      "shearVoigt": stress(moduli.shearVoigt), "shearReuss": stress(moduli.shearReuss),
      "shearHill": stress(moduli.shearHill), "youngHill": stress(moduli.youngHill),
      "poissonHill": number(moduli.poissonHill), "universalAnisotropy": number(moduli.universalAnisotropy),
    ]
  }

  private struct Document: Encodable {
    let source: [String: String]
    let composition: String
    let atoms: Int
    let parameters: Parameters
    let cell: [[Double]]
    let stress: [Double]
    let relaxedIonConstants: Matrix?
    let clampedIonConstants: Matrix
    let crystalForm: Form?
    let moduli: [String: ReportedValue]?
    let isStable: Bool
    let stabilityEigenvalues: [Double]
    let units: [String: String]
    let order: [String]
  }

  private struct Parameters: Encodable {
    let relaxedCell: Bool
    let relaxedIons: Bool
    let strain: Double
    let forceTolerance, stressTolerance: ReportedValue
  }

  private struct Matrix: Encodable {
    let values: [[Double]]
    let errors: [[Double]]
    let asymmetry: Double

    init(_ constants: ElasticConstants) {
      values = (0..<6).map { constants.stiffness.row($0).map { $0 * scale } }
      errors = (0..<6).map { constants.errors.row($0).map { $0 * scale } }
      asymmetry = constants.asymmetry * scale
    }
  }

  private struct Form: Encodable {
    let name: String
    let averages: [String: ReportedValue]

    init(_ form: CrystalForm) {
      name = form.name
      averages = Dictionary(
        uniqueKeysWithValues: form.averages.map {
          ($0.name, ReportedValue(value: $0.estimate.value * scale, error: $0.estimate.error * scale, unit: "GPa"))
        })
    }
  }
}
