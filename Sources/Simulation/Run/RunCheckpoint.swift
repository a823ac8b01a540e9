import Atomistics
import Decomposition
import Diagnostics
import Formats
import Numerics

/// All that a run needs to go on as if it had never stopped. Root holds it; see `CheckpointFile` for the bytes.
struct RunCheckpoint {
  var step = 0
  /// fs.
  var time = 0.0
  var position = RunPosition()
  var cell: Cell
  /// The cell when the neighbor list was built.
  var referenceCell: Cell
  var kinds: [AtomKind]
  /// In order of ids; `reference` is where the neighbor list was built.
  var records: [AtomRecord]
  var cuts: Cuts?
  /// Per-atom state of the running stage's process: [atoms in order of ids][width].
  var fields: [(name: String, values: [Double])] = []
  /// Length of each output file when the checkpoint was written: bytes, or frames of a NetCDF trajectory.
  var outputs: [(file: String, length: Int)] = []
  /// `ComputeOutput.state` of each compute.
  var computes: [(name: String, state: [Double])] = []
  /// `ExtrapolationWatch.state` of each, by the name of its history.
  var monitors: [(name: String, state: [Double])] = []
  var analyses: [AnalysisRecord] = []
  /// `fingerprint` of the potentials that the run was under.
  var potentials = ""
}

extension RunCheckpoint {
  private static let format = "swmd run, version 5"

  /// As sections of a checkpoint file.
  func encoded() -> CheckpointFile {
    var file = CheckpointFile()
    file["format"] = .text(Self.format)
    file["progress"] = .integers([Int64(step), Int64(position.stage), Int64(position.stepInStage)])
    file["time"] = .reals([time, position.initialEnergy])
    file["process"] = .reals(position.process)
    file["cell"] = .reals(cell.vectors.elements)
    file["reference cell"] = .reals(referenceCell.vectors.elements)
    file["periodic"] = .bytes(cell.periodic.flags.map { $0 ? 1 : 0 })
    file["kind elements"] = .shortIntegers(kinds.map { Int32($0.element.atomicNumber) })
    file["kind masses"] = .reals(kinds.map(\.mass))
    file["ids"] = .integers(records.map(\.id))
    file["kinds"] = .shortIntegers(records.map(\.kind))
    file["positions"] = .reals(flat(records.map(\.position)))
    file["references"] = .reals(flat(records.map(\.reference)))
    file["velocities"] = .reals(flat(records.map(\.velocity)))
    file["images"] = .shortIntegers(records.flatMap { [$0.image.x, $0.image.y, $0.image.z] })
    file["groups"] = .shortIntegers(records.map { Int32(bitPattern: $0.groups) })
    file["cuts"] = .reals(cuts?.encoded ?? [])
    file["field names"] = .text(fields.map(\.name).joined(separator: "\n"))
    for field in fields { file["field " + field.name] = .reals(field.values) }
    file["output files"] = .text(outputs.map(\.file).joined(separator: "\n"))
    file["output lengths"] = .integers(outputs.map { Int64($0.length) })
    file["computes"] = .text(computes.map(\.name).joined(separator: "\n"))
    for compute in computes { file["compute \(compute.name)"] = .reals(compute.state) }
    file["monitors"] = .text(monitors.map(\.name).joined(separator: "\n"))
    for monitor in monitors { file["monitor \(monitor.name)"] = .reals(monitor.state) }
    file["potentials"] = .text(potentials)
    file["analyses"] = .text(analyses.map(\.name).joined(separator: "\n"))
    for analysis in analyses { analysis.encode(into: &file) }
    return file
  }

  /// - Throws: `Failure.input` where the file is whole but not a run's, or its parts do not fit together.
  init(_ file: CheckpointFile) throws {
    let place = file.path.map { Place(file: $0) }
    func damaged(_ what: String) -> Failure {
      .input("the checkpoint is inconsistent: \(what)", at: place, remedy: "restart from another checkpoint")
    }
    guard try file.text("format") == Self.format else {
      throw Failure.input("the checkpoint is of another version of swmd", at: place, remedy: "use the version that wrote it")
    }
    let progress = try file.integers("progress", count: 3).map(Int.init), times = try file.reals("time", count: 2)
    (step, time) = (progress[0], times[0])
    position = RunPosition(
      stage: progress[1], stepInStage: progress[2], initialEnergy: times[1], process: try file.reals("process"))
    let periodic = try file.bytes("periodic", count: 3)
    func cell(_ name: String) throws -> Cell {
      Cell(
        vectors: Matrix3(elements: try file.reals(name, count: 9)),
        periodic: Periodicity(periodic[0] != 0, periodic[1] != 0, periodic[2] != 0))
    }
    self.cell = try cell("cell")
    referenceCell = try cell("reference cell")
    let numbers = try file.shortIntegers("kind elements")
    let kinds = try zip(numbers, try file.reals("kind masses", count: numbers.count)).map { number, mass in
      guard let element = Element(atomicNumber: Int(number)) else { throw damaged("there is no element \(number)") }
      return AtomKind(element: element, mass: mass)
    }
    self.kinds = kinds
    let ids = try file.integers("ids"), n = ids.count
    let kindIndices = try file.shortIntegers("kinds", count: n)
    guard kindIndices.allSatisfy({ kinds.indices.contains(Int($0)) }) else { throw damaged("an atom has no kind") }
    let positions = try vectors(file.reals("positions", count: 3 * n))
    let references = try vectors(file.reals("references", count: 3 * n))
    let velocities = try vectors(file.reals("velocities", count: 3 * n))
    let images = try file.shortIntegers("images", count: 3 * n)
    let groups = try file.shortIntegers("groups", count: n)
    records = (0..<n).map { i in
      AtomRecord(
        id: ids[i], kind: kindIndices[i], position: positions[i], velocity: velocities[i],
        image: SIMD3(images[3 * i], images[3 * i + 1], images[3 * i + 2]), reference: references[i],
        groups: UInt32(bitPattern: groups[i]))
    }
    let cuts = try file.reals("cuts")
    self.cuts = cuts.isEmpty ? nil : try Cuts(encoded: cuts)
    fields = try file.text("field names").split(separator: "\n").map { name in
      (name: String(name), values: try file.reals("field " + name))
    }
    let names = try file.text("output files").split(separator: "\n").map(String.init)
    outputs = Array(zip(names, try file.integers("output lengths", count: names.count).map(Int.init)))
      .map { (file: $0.0, length: $0.1) }
    computes = try file.text("computes").split(separator: "\n").map(String.init)
      .map { (name: $0, state: try file.reals("compute \($0)")) }
    monitors = try file.text("monitors").split(separator: "\n").map(String.init)
      .map { (name: $0, state: try file.reals("monitor \($0)")) }
    potentials = try file.text("potentials")
    analyses = try file.text("analyses").split(separator: "\n").map { try AnalysisRecord(named: String($0), in: file) }
  }
}

private func flat(_ values: [Vector3]) -> [Double] {
  [Double](unsafeUninitializedCapacity: 3 * values.count) { buffer, count in
    for (i, v) in values.enumerated() {
      buffer[3 * i] = v.x
      buffer[3 * i + 1] = v.y
      buffer[3 * i + 2] = v.z
    }
    count = 3 * values.count
  }
}

private func vectors(_ values: [Double]) -> [Vector3] {
  (0..<values.count / 3).map { Vector3(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2]) }
}
