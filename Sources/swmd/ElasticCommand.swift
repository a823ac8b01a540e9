import ArgumentParser
import Communication
import Diagnostics
import Simulation

struct ElasticCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "elastic", abstract: "Elastic constants by finite strains: the 6×6 matrix, moduli, stability.",
    discussion: """
      swmd elastic --potential li-s.almtp --species Li,S --structure li2s.extxyz --output elastic
      swmd elastic --input run.toml --relax ions --strain 0.003

      Relaxes the cell and the atoms, strains the crystal six ways at six amplitudes, with the atoms clamped and relaxed, \
      and fits the stresses. With --output: elastic.csv, elastic.json, elastic.svg, stress-strain.svg, reference.extxyz.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "What relaxes before the strains: cell,ions; cell; ions; none. Ions relax under the strains, too.")
  var relax = "cell,ions"

  @Option(help: "The largest strain; a shear counts twice.")
  var strain = 0.005

  @Option(help: "Where the cell relaxes, the largest stress that may be left, GPa.")
  var stressTolerance = 1e-5

  func validate() throws {
    guard stressTolerance > 0 else { throw ValidationError("--stress-tolerance must be above 0.") }
  }

  func run() throws {
    let world = Communicator.world
    let task = try world.together {
      let relaxed = try Self.parse(relax)
      return ElasticTask(
        source: try model.source(), relaxesCell: relaxed.contains("cell"), relaxesAtoms: relaxed.contains("ions"),
        amplitude: strain, forceTolerance: model.forceTolerance, stressTolerance: stressTolerance)
    }
    let files = try model.files(ElasticReport.fileNames)
    let progress = model.progress()
    let report = try task.run(progress: progress.show)
    progress.clear()
    try world.onRoot {
      if let files { try report.write(to: files) }
      print(model.json ? try report.json : report.text)
    }
  }

  /// "cell,ions" as its words.
  private static func parse(_ text: String) throws -> Set<String> {
    if text == "none" { return [] }
    let words = Set(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    guard words.isSubset(of: ["cell", "ions"]) else {
      let wrong = words.subtracting(["cell", "ions"]).min() ?? text
      let near = nearestName(to: wrong, among: ["cell", "ions", "none"]).map { "did you mean '\($0)'? " } ?? ""
      throw Failure.input("--relax: '\(wrong)' cannot relax", remedy: "\(near)use cell,ions or one of cell, ions, none")
    }
    return words
  }
}
