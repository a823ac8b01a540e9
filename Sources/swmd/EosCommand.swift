import ArgumentParser
import Communication
import Diagnostics
import Mechanics
import Simulation

struct EosCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "eos", abstract: "Equation of state: energy against volume, equilibrium volume and bulk modulus.",
    discussion: """
      swmd eos --potential li-s.almtp --species Li,S --structure li2s.extxyz --output eos
      swmd eos --input run.toml --range 0.9:1.1 --points 21 --fit vinet

      Scales the cell alike in all directions, relaxes the atoms at each volume, and fits an equation of state. \
      With --output: eos.csv, eos.json, eos.svg.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "Volumes as parts of the structure's, lowest:highest.")
  var range = "0.94:1.06"

  @Option(help: "How many volumes.")
  var points = 13

  @Flag(inversion: .prefixedNo, help: "Whether the atoms relax at each volume, or keep their fractional coordinates.")
  var relax = true

  @Option(help: "The form of the curve: birch-murnaghan or vinet.")
  var fit: EquationOfState = .birchMurnaghan

  func run() throws {
    let world = Communicator.world
    let (calculation, source) = try world.together {
      (try EquationOfStateCalculation(range: Self.parse(range), count: points, relaxesAtoms: relax), try model.source())
    }
    let files = try model.files(EquationOfStateReport.fileNames)
    let progress = model.progress()
    let report = try EquationOfStateReport(source, calculation, form: fit, forceTolerance: model.forceTolerance) {
      progress.show("volume \($0 + 1) of \(points)")
    }
    progress.clear()
    try world.onRoot {
      if let files { try report.write(to: files) }
      print(model.json ? try report.json : report.text)
    }
  }

  /// "0.94:1.06".
  private static func parse(_ text: String) throws -> ClosedRange<Double> {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else {
      throw Failure.input("--range: '\(text)' is no range", remedy: "write lowest:highest, such as 0.94:1.06")
    }
    return low...high
  }
}

extension EquationOfState: ExpressibleByArgument {}
