import ActiveLearning
import ArgumentParser
import Communication
import Diagnostics
import Formats
import PotentialKit
import Simulation

struct GradeCommand: ParallelCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade", abstract: "Extrapolation grades of every frame of a file: how far outside the training set it is.",
    discussion: """
      Prints the largest and mean grade of each frame and the atom with the largest; with --output the frames with a column \
      grades (extended XYZ), by which OVITO colors atoms; with --json one object a line.
      """)

  @OptionGroup var model: GradingOptions

  @Option(help: "The structure file or trajectory.")
  var structure: String

  @Option(help: "Count atoms with grades above this.")
  var threshold = 2.0

  @Option(help: "Write the frames with energies, forces and grades to this file (extended XYZ).")
  var output: String?

  @Flag(help: "Replace the output if it exists.")
  var overwrite = false

  @Flag(help: "Print one JSON object a line for each frame.")
  var json = false

  func run() throws {
    let world = Communicator.world
    try requireFree(output, overwrite: overwrite)
    let potential = try model.makeAny(), options = try model.readOptions()
    try potential.requireActiveSet()
    let reader = try world.onRoot { try FrameReader(path: structure, options: options) }
    let writer = try world.onRoot {
      try output.map { try FrameWriter(path: $0, options: WriteOptions(format: .extendedXYZ)) }
    }.flatMap { $0 }
    let evaluation = Evaluation(potential: potential)
    var report = GradeReport(threshold: threshold), index = 0
    while true {
      let configuration = try world.onRoot { try reader?.next() }.flatMap { $0 }
      guard world.any(configuration != nil) else { break }
      let frame = try evaluation.evaluate(configuration, file: structure)
      try world.onRoot {
        guard let frame else { return }
        if index == 0, !json { print(GradeReport.header) }
        let row = report.add(frame, index: index)
        print(json ? frame.gradeJSON : row)
        try writer?.append(frame.annotated)
      }
      index += 1
    }
    try world.onRoot {
      guard index > 0 else {
        throw Failure.input("'\(structure)' holds no structure", remedy: "check that it is the right file and not empty")
      }
      try writer?.finish()
      if !json { print(report.statistics.table) }
    }
  }
}
