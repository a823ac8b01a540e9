import ActiveLearning
import AtomicCluster
import AtomicClusterFiles
import Atomistics
import Diagnostics
import Foundation
import Formats
import Numerics
import PotentialKit
import TestSupport
import Testing

/// Active sets of atomic cluster expansions, made from rattled crystals.
@Suite(.serialized) struct ClusterActiveSetTests {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("AtomicClusterFilesTests/Data").appendingPathComponent(name).path
  }

  /// Simple cubic frames of 27 atoms, rattled by `amplitude` Å, the elements at random places.
  static func frames(_ symbols: [String], count: Int, amplitude: Double, seed: Int) -> [Configuration] {
    var dice = Dice(seed)
    return (0..<count).map { _ in
      let edge = 2.9 * (1 + 0.03 * dice.signed())
      var positions: [Vector3] = [], elements: [Element] = []
      for index in 0..<27 {
        let site = Vector3(Double(index / 9), Double(index / 3 % 3), Double(index % 3))
        positions.append(edge * site + amplitude * dice.signedVector3())
        elements += [Element(symbol: symbols[dice.integer(0...symbols.count - 1)])].compactMap { $0 }
      }
      let cell = Cell(vectors: Matrix3(diagonal: Vector3(repeating: 3 * edge)), periodic: .all)
      return Configuration(cell: cell, elements: elements, positions: positions)
    }
  }

  static func source(_ frames: [Configuration], _ directory: TemporaryDirectory, _ name: String) throws -> FrameSource {
    let writer = try FrameWriter(path: directory.file(name))
    for frame in frames { try writer.append(frame) }
    try writer.finish()
    return FrameSource(paths: [directory.file(name)], options: ReadOptions())
  }

  /// As the engine computes them, from the force pass.
  static func grades(_ source: FrameSource, _ potential: AtomicClusterPotential) throws -> [[Double]] {
    try potential.bind(elements: potential.species)
    return try readStructures(at: source.paths[0], options: source.options).map { frame in
      let system = try ReferenceSystem(frame, cutoff: potential.cutoff, elements: potential.species)
      return try system.evaluate([potential], withGrades: true).grades ?? []
    }
  }

  /// All training atoms within the tolerance, as maxvol says and as the engine says with the file that was written.
  @Test(arguments: [
    ("LiPS_A.yaml", ActiveSetMode.neighborhood), ("LiPS_A.yaml", .full), ("GRACE_FS_A.yaml", .neighborhood),
  ])
  func fromATrainingSet(name: String, mode: ActiveSetMode) throws {
    let bare = try AtomicClusterPotential(file: Self.path(name)), directory = try TemporaryDirectory()
    let count = mode == .full ? 36 : 18
    let training = try Self.source(
      Self.frames(["Li", "P", "S"], count: count, amplitude: 0.35, seed: 1), directory, "train.extxyz")
    let made = try ActiveSetConstruction(of: bare, from: training, mode: mode)
    #expect(made.grades.count == 27 * count && made.grades.maximum <= 1.001 && made.grades.maximum > 0.99)
    for (block, place) in zip(bare.activeSetBlocks(mode), 0...) {
      #expect(made.sets[place].width == block.width && made.filledCount(block: place) > block.width * 9 / 10)
    }
    let file = directory.file("made." + bare.activeSetSuffix(mode))
    try Data(made.file(for: bare, from: training)).write(to: URL(fileURLWithPath: file))
    let graded = try AtomicClusterPotential(file: Self.path(name), activeSet: file)
    #expect(graded.activeSetMode == mode)
    let largest = try Self.grades(training, graded).joined().max() ?? 0
    #expect(abs(largest - made.grades.maximum) < 1e-6, "\(largest) and \(made.grades.maximum)")
    for (mine, read) in zip(made.sets, graded.activeSets ?? []) { #expect(mine.inverseTransposed == read.inverseTransposed) }
  }

  /// Where an element has no training atoms, and where elements were never seen together, grades are far above any limit.
  @Test func elementsNotSeen() throws {
    let bare = try AtomicClusterPotential(file: Self.path("LiPS_A.yaml")), directory = try TemporaryDirectory()
    let training = try Self.source(Self.frames(["Li", "S"], count: 18, amplitude: 0.35, seed: 2), directory, "train.extxyz")
    let made = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    let blocks = bare.activeSetBlocks(.neighborhood)
    let filled = blocks.indices.map { made.filledCount(block: $0) }
    #expect(blocks.map { $0.element?.symbol } == ["Li", "P", "S"])
    #expect(filled[1] == 0 && filled[0] > 20 && filled[0] < blocks[0].width && filled[2] > 20)
    #expect(made.grades.maximum <= 1.001)
    let file = directory.file("made.asi")
    try Data(made.file(for: bare, from: training)).write(to: URL(fileURLWithPath: file))
    let graded = try AtomicClusterPotential(file: Self.path("LiPS_A.yaml"), activeSet: file)
    #expect(try (Self.grades(training, graded).joined().max() ?? 0) <= 1.001 + 1e-6)
    let other = try Self.source(Self.frames(["Li", "P", "S"], count: 1, amplitude: 0.1, seed: 3), directory, "other.extxyz")
    #expect(try (Self.grades(other, graded).joined().min() ?? 0) > 1e3)
  }

  @Test func selection() throws {
    let bare = try AtomicClusterPotential(file: Self.path("LiPS_A.yaml")), directory = try TemporaryDirectory()
    let training = try Self.source(
      Self.frames(["Li", "P", "S"], count: 18, amplitude: 0.25, seed: 4), directory, "train.extxyz")
    let made = try ActiveSetConstruction(of: bare, from: training, mode: .neighborhood)
    let file = directory.file("made.asi")
    try Data(made.file(for: bare, from: training)).write(to: URL(fileURLWithPath: file))
    let graded = try AtomicClusterPotential(file: Self.path("LiPS_A.yaml"), activeSet: file)
    let wild = try Self.source(Self.frames(["Li", "P", "S"], count: 12, amplitude: 0.5, seed: 5), directory, "wild.extxyz")
    let selection = try CandidateSelection(for: graded, from: wild, threshold: 2)
    #expect(selection.before.maximum > 2 && selection.after.maximum <= 2)
    let largest = try Self.grades(wild, graded).map { $0.max() ?? 0 }
    #expect(abs(selection.before.maximum - (largest.max() ?? 0)) < 1e-6 * selection.before.maximum)
    #expect(selection.picks.first.map { largest[$0.number] } == largest.max())
    #expect(try CandidateSelection(for: graded, from: training, threshold: 1.01).picks.isEmpty)
  }

  @Test func errors() throws {
    let directory = try TemporaryDirectory()
    let training = try Self.source(Self.frames(["Li"], count: 1, amplitude: 0.1, seed: 6), directory, "train.extxyz")
    for (name, mode, parts) in [
      ("LiPS_A.yace", ActiveSetMode.neighborhood, ["no B basis", ".yaml"]),
      ("LiPS_A.yaml", .configuration, ["configuration", "--mode neighborhood or full"]),
      ("Si_ZBL.yaml", .full, ["full", "--mode neighborhood"]),
    ] {
      let potential = try AtomicClusterPotential(file: Self.path(name))
      let failure = #expect(throws: Failure.self) {
        try ActiveSetConstruction(of: potential, from: training, mode: mode)
      }
      #expect(failure?.exitStatus == 2)
      #expect(parts.allSatisfy { failure?.description.contains($0) == true }, "\(String(describing: failure))")
    }
  }
}
