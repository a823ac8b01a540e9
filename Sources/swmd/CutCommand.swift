import ActiveLearning
import ArgumentParser
import Atomistics
import Communication
import Diagnostics
import Formats
import PotentialKit
import Simulation

struct CutCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "cut", abstract: "Cut extrapolating environments out of a large cell, small enough for a DFT code.",
    discussion: """
      sphere: all atoms within the radius, in vacuum. periodic: the cube around the atom as a cubic cell whose images stay out \
      of the atom's neighborhood. cell: about a hundred atoms as a cell with a thin empty layer at its faces. Prints the closest \
      distance and the grade of each cut beside those of the original environment.
      """)

  enum Mode: String, ExpressibleByArgument, CaseIterable { case sphere, periodic, cell }

  @Option(help: "The structure file.")
  var structure: String

  @Option(parsing: .unconditional, help: "The frame of a trajectory: 0 is the first, -1 (the default) the last.")
  var frame: Int?

  @Option(help: "The id of the atom whose environment is wanted.")
  var atom: Int64?

  @Option(help: "Instead of one atom: all with a grade above this, the worst first, one a neighborhood.")
  var gradeAbove: Double?

  @Option(help: "sphere, periodic or cell.")
  var mode: Mode = .cell

  @Option(help: "Radius of the sphere, half edge of the cube, Å; without it the potential's cutoff.")
  var radius: Double?

  @Option(help: "cell: about how many atoms.")
  var atoms = 100

  @Option(help: "cell: the empty layer, Å.")
  var padding = 0.5

  @Option(help: "Keep images of atoms this far apart, Å; without it nine tenths of the closest distance in the environment.")
  var closest: Double?

  @Option(help: "The potential file, for grades and the cutoff.")
  var potential: String?

  @Option(help: "Elements of the types of the potential (and of the structure, if numbered), in order, such as Li,S.")
  var species: String?

  @Option(help: "A file with the active set, where the potential file has none.")
  var activeSet: String?

  @Option(help: "The file to write.")
  var output: String

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  func validate() throws {
    guard (atom == nil) != (gradeAbove == nil) else { throw ValidationError("Give either --atom or --grade-above.") }
    guard radius.map({ $0 > 0 && $0.isFinite }) ?? (mode == .cell || potential != nil) else {
      throw ValidationError("Give a --radius above 0, or --potential for its cutoff.")
    }
    guard atoms > 0 else { throw ValidationError("--atoms must be above 0.") }
    guard padding >= 0, padding.isFinite else { throw ValidationError("--padding must not be negative.") }
    guard closest.map({ $0 >= 0 && $0.isFinite }) ?? true else { throw ValidationError("--closest must not be negative.") }
  }

  func run() throws {
    let world = Communicator.world
    try requireFree(output, overwrite: overwrite)
    let elements = try world.together { try species.map(parseSpecies) }
    let potential = try world.together {
      try self.potential.map { try makePotential(file: $0, species: elements, activeSet: activeSet) }
    }
    try potential?.requireActiveSet()
    let configuration = try world.onRoot {
      try readStructure(at: structure, frame: frame, options: ReadOptions(species: elements))
    }
    let reach = radius ?? potential?.cutoff ?? 0
    let shape: CutShape =
      switch mode {
      case .sphere: .sphere(radius: reach)
      case .periodic: .periodic(radius: reach)
      case .cell: .cell(count: atoms, padding: padding)
      }
    let centers: CutTask.Centers = atom.map { .atom(id: $0) } ?? .grades(above: gradeAbove ?? 0)
    let report = try CutTask(
      structure: configuration, path: structure, potential: potential, centers: centers, shape: shape, closest: closest,
      output: output
    ).run()
    if world.isRoot { print(report) }
  }
}
