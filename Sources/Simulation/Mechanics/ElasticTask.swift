import Atomistics
import Diagnostics
import Formats
import Mechanics

/// What `swmd elastic` does: brings the crystal to rest as far as it is asked to, then strains it.
public struct ElasticTask: Sendable {
  public var source: ModelSource
  /// Before the strains.
  public var relaxesCell: Bool
  /// Before and under the strains.
  public var relaxesAtoms: Bool
  /// The largest strain.
  public var amplitude: Double
  /// eV/Å.
  public var forceTolerance: Double
  /// GPa: the stress that a relaxed cell may keep.
  public var stressTolerance: Double

  public init(
    source: ModelSource, relaxesCell: Bool, relaxesAtoms: Bool, amplitude: Double, forceTolerance: Double,
    stressTolerance: Double
  ) {
    (self.source, self.relaxesCell, self.relaxesAtoms, self.amplitude) = (source, relaxesCell, relaxesAtoms, amplitude)
    (self.forceTolerance, self.stressTolerance) = (forceTolerance, stressTolerance)
  }

  /// Collective.
  /// - Parameter progress: called on every rank with a few words on what comes next.
  /// - Throws: `Failure`, on every rank the same.
  public func run(progress: (String) -> Void) throws -> ElasticReport {
    let calculation = try ElasticCalculation(amplitude: amplitude, relaxesAtoms: relaxesAtoms)
    let model = try EngineModel(source)
    model.forceTolerance = forceTolerance
    var reference = model.reference
    if relaxesCell {
      let relaxation = CellRelaxation(
        stressTolerance: stressTolerance / Units.gigapascalPerEVPerCubicAngstrom, relaxesAtoms: relaxesAtoms)
      reference = try relaxation.run(reference, model) { steps, stress in
        progress("relaxing the cell: step \(steps), \(decimal(stress * Units.gigapascalPerEVPerCubicAngstrom, 5)) GPa")
      }
    } else if relaxesAtoms {
      progress("relaxing the atoms")
      reference = try model.relaxingAtoms(of: reference)
    }
    let result = try calculation.run(reference, model) { done in
      progress("strained crystal \(done + 1) of \(calculation.sampleCount)")
    }
    return ElasticReport(task: self, composition: model.composition, reference: reference, result: result)
  }
}

extension ElasticReport {
  public static let fileNames = ["elastic.csv", "elastic.json", "elastic.svg", "stress-strain.svg", "reference.extxyz"]

  /// Writes the stresses, the numbers, the pictures and the crystal that was strained. Root only.
  public func write(to files: ResultFiles) throws {
    try files.write(csv, to: "elastic.csv")
    try files.write(json, to: "elastic.json")
    try files.write(matrixPicture, to: "elastic.svg")
    try files.write(stressPicture, to: "stress-strain.svg")
    try writeStructures([reference], to: files.path("reference.extxyz"))
  }
}
