import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Foundation
import Formats
import Simulation

struct EvaluateCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Energy, forces, stress and extrapolation grades of every frame of a file or of a stream.",
    discussion: """
      Prints a short table; with --json one JSON object a line for each frame (energy in eV, energies, forces in eV/Å, virial \
      in eV, stress in eV/Å³ with ASE's sign, grades); with --output the frames with these columns as extended XYZ. \
      With --structure - it reads extended XYZ from standard input and answers each frame at once: one process serves many \
      calls of another program.
      """)

  @Option(help: "The potential file (.mtp, .almtp, .yace, .yaml, .ace).")
  var potential: String

  @Option(help: "The structure file: extended XYZ, POSCAR, LAMMPS data, MLIP cfg, AMBER NetCDF; -: standard input.")
  var structure: String

  @Option(help: "Elements of the potential's types, in the file's order, such as Li,S; also those of a structure file's numeric types.")
  var species: String?

  @Option(help: "A file with the active set, for extrapolation grades, where the potential file has none.")
  var activeSet: String?

  @Option(help: "double, or mixed: kernels in single, sums in double precision.")
  var precision: Precision = .double

  @Option(help: "Of an atomic cluster expansion: table, as the format has it (default), or exact, which is much slower.")
  var radial: Radial?

  @Flag(help: "Print one JSON object a line for each frame.")
  var json = false

  @Option(help: "Write the frames with energies, forces, stress and grades to this file (extended XYZ).")
  var output: String?

  enum Precision: String, ExpressibleByArgument, CaseIterable { case double, mixed }
  enum Radial: String, ExpressibleByArgument, CaseIterable { case table, exact }

  func run() throws {
    let world = Communicator.world
    let elements = try world.together { try species.map(parseSpecies) }
    let potential = try world.together {
      try makePotential(
        file: self.potential, species: elements, activeSet: activeSet, isMixed: precision == .mixed,
        radial: radial.flatMap { RadialEvaluation(rawValue: $0.rawValue) })
    }
    let isStream = structure == "-", path = isStream ? "/dev/stdin" : structure
    let options = ReadOptions(format: isStream ? .extendedXYZ : nil, species: elements)
    let reader = try world.onRoot { try FrameReader(path: path, options: options) }
    let writer = try world.onRoot {
      try output.map { try FrameWriter(path: $0, options: WriteOptions(format: .extendedXYZ)) }
    }.flatMap { $0 }
    let evaluation = Evaluation(potential: potential)
    if world.isRoot, !json { print(Evaluation.Frame.tableHeader) }
    var index = 0
    while true {
      let configuration = try world.onRoot { try reader?.next() }.flatMap { $0 }
      guard world.any(configuration != nil) else { break }
      let frame = try evaluation.evaluate(configuration, file: path)
      try world.onRoot {
        guard let frame else { return }
        print(json ? frame.json : frame.tableRow(index: index))
        // Whoever writes into the stream waits for the answer.
        if isStream { fflush(nil) }
        try writer?.append(frame.annotated)
      }
      index += 1
    }
    try world.onRoot {
      guard index > 0 else {
        throw Failure.input("'\(path)' holds no structure", remedy: "check that it is the right file and not empty")
      }
      try writer?.finish()
    }
  }
}

/// "Li,S" as elements.
func parseSpecies(_ text: String) throws -> [Element] {
  try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
    let symbol = part.trimmingCharacters(in: .whitespaces)
    guard let element = Element(symbol: symbol) else {
      let nearest = nearestName(to: symbol, among: Element.allSymbols).map { "did you mean '\($0)'?" }
      throw Failure.input("--species: there is no element '\(symbol)'", remedy: nearest ?? "list symbols, such as Li,S")
    }
    return element
  }
}
