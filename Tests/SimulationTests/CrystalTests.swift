import Atomistics
import Diagnostics
import Formats
import Foundation
import Mechanics
import Numerics
import Simulation
import TestSupport
import Testing

/// Equations of state and elastic constants through the whole engine: fcc argon, four atoms a cell.
@Suite(.serialized) final class CrystalTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "swmd-crystal-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A cell that is `stretch` times the cubic one; one atom out of its place by `offset`.
  private func source(stretch: Matrix3, offset: Vector3 = .zero, periodic: Periodicity = .all) throws -> ModelSource {
    let a = 5.3
    var frame = Configuration(
      cell: Cell(vectors: a * Matrix3.identity, periodic: periodic),
      elements: Array(repeating: Element(symbol: "Ar")!, count: 4),
      positions: [offset, a / 2 * Vector3(0, 1, 1), a / 2 * Vector3(1, 0, 1), a / 2 * Vector3(1, 1, 0)])
    frame = frame.deformed(by: stretch)
    try writeStructures([frame], to: folder + "/ar.extxyz")
    let text = """
      [system]
      structure = "ar.extxyz"
      [potential]
      kind = "lennard-jones"
      cutoff = 9.0
      truncation = "smooth"
      inner_cutoff = 7.0
      pairs = [ { elements = ["Ar", "Ar"], epsilon = 0.0104, sigma = 3.405 } ]
      [[stage]]
      kind = "minimize"
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/input.toml"))
    return .input(path: folder + "/input.toml")
  }

  private func task(_ source: ModelSource) -> ElasticTask {
    ElasticTask(
      source: source, relaxesCell: true, relaxesAtoms: true, amplitude: 0.003, forceTolerance: 1e-9, stressTolerance: 1e-6)
  }

  /// The crystal is given strained and with an atom out of place; it must find its way back to fcc.
  @Test func aCrystalFindsItsRestAndObeysCauchy() throws {
    let stretch = Matrix3.identity + Voigt.strain([0.02, -0.01, 0, 0.02, 0, 0])
    let report = try task(source(stretch: stretch, offset: Vector3(0.15, -0.1, 0.05))).run { _ in }
    let rows = (0..<3).map { report.reference.cell.vectors[$0] }
    for i in 0..<3 {
      #expect(abs(rows[i].length / rows[0].length - 1) < 1e-6)
      #expect(abs(rows[i].dot(rows[(i + 1) % 3])) < 1e-4)
    }
    let c = report.result.best
    guard case .cubic(let c11, let c12, let c44)? = CrystalForm(c) else {
      Issue.record("the crystal is not cubic: \(report.text)")
      return
    }
    #expect(abs(c12.value / c44.value - 1) < 1e-4)
    #expect(c.isStable && c.asymmetry < 1e-6 * c11.value)

    let upright = try source(stretch: rows[0].length / 5.3 * .identity)
    let eos = try EquationOfStateReport(
      upright, EquationOfStateCalculation(range: 0.996...1.004, count: 9), form: .birchMurnaghan, forceTolerance: 1e-9
    ) { _ in }
    #expect(abs(eos.fit.parameters.bulkModulus / ((c11.value + 2 * c12.value) / 3) - 1) < 1e-4)
    #expect(abs(eos.fit.parameters.volume / report.reference.cell.volume - 1) < 1e-5)
  }

  @Test func resultsAreWrittenOnceOnly() throws {
    let source = try source(stretch: .identity), directory = folder + "/results"
    let files = ResultFiles(directory: directory, overwrites: false)
    try files.checkFree(EquationOfStateReport.fileNames + ElasticReport.fileNames)
    #expect(!FileManager.default.fileExists(atPath: directory))
    let eos = try EquationOfStateReport(
      source, EquationOfStateCalculation(relaxesAtoms: false), form: .vinet, forceTolerance: 1e-6) { _ in }
    try eos.write(to: files)
    try task(source).run { _ in }.write(to: files)
    for name in EquationOfStateReport.fileNames + ElasticReport.fileNames {
      #expect(FileManager.default.fileExists(atPath: "\(directory)/\(name)"), "\(name)")
      #expect(throws: Failure.self) { try files.checkFree([name]) }
    }
    try ResultFiles(directory: directory, overwrites: true).checkFree(EquationOfStateReport.fileNames)
    // JSON and CSV hold the same numbers, to the bit.
    let json = try JSONDecoder().decode(Written.self, from: Data(contentsOf: URL(fileURLWithPath: directory + "/eos.json")))
    let csv = try String(contentsOfFile: directory + "/eos.csv", encoding: .utf8).split(separator: "\n").dropFirst()
    #expect(json.points.count == 13 && csv.count == 13)
    for (point, row) in zip(json.points, csv) {
      let cells = row.split(separator: ",").map { Double($0) }
      #expect(cells[0] == point["volume"] && cells[1] == point["energy"] && cells[2] == point["pressure"])
    }
    #expect(json.bulkModulus.unit == "GPa" && json.bulkModulus.value > 1 && json.bulkModulus.error < 0.1)
  }

  private struct Written: Decodable {
    struct Quantity: Decodable {
      let value, error: Double
      let unit: String
    }
    let points: [[String: Double]]
    let bulkModulus: Quantity
  }

  @Test func whatIsNoCrystalIsRefused() throws {
    let slab = try source(stretch: .identity, periodic: Periodicity(true, true, false))
    #expect(throws: Failure.self) { try task(slab).run { _ in } }
    var loose = task(try source(stretch: .identity))
    loose.amplitude = 0.5
    #expect(throws: Failure.self) { try loose.run { _ in } }
  }
}
