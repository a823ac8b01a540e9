import AtomicCluster
import AtomicClusterFiles
import Atomistics
import ClusterTestSupport
import Diagnostics
import Numerics
import PotentialKit
import Testing

/// The rows that active sets are made of, against ML-PACE's B functions and grades, and what becomes of sets in files.
@Suite(.serialized) struct RowTests {
  private final class NoHalo: HaloExchange {
    func forward(_ values: UnsafeMutablePointer<Double>, width: Int) {}
    func reverse(_ values: UnsafeMutablePointer<Double>, width: Int) {}
  }

  /// [atom], and the block of each.
  static func rows(
    _ potential: AtomicClusterPotential, _ configuration: Configuration, mode: ActiveSetMode
  ) throws -> [(block: Int, row: [Double])] {
    let system = try ReferenceSystem(configuration, cutoff: potential.cutoff, skin: 0.3)
    try potential.bind(elements: system.elements)
    let blocks = potential.activeSetBlocks(mode), rank = system.ranks[0]
    var all = [(block: Int, row: [Double])](repeating: (-1, []), count: configuration.count)
    try potential.forEachRowBatch(mode, rank.atoms, rank.neighbors, halo: NoHalo()) { batch in
      let width = blocks[batch.block].width
      for (index, center) in batch.centers.enumerated() {
        let row = Array(UnsafeBufferPointer(start: batch.rows + index * width, count: width))
        all[Int(rank.atoms.id[Int(center)]) - 1] = (batch.block, row)
      }
    }
    return all
  }

  @Test(arguments: ["LiPS_A", "LiPS_B", "Si_ZBL", "GRACE_FS_A"])
  func functions(name: String) throws {
    let reference = try ClusterReference(path: Stored.path("\(name).json"))
    let potential = try Stored.potential(reference.potential)
    var compared = 0
    for entry in reference.cases {
      guard let expected = entry.projections else { continue }
      let found = try Self.rows(potential, Configuration(entry), mode: .neighborhood)
      for (atom, row) in found.enumerated() {
        #expect(potential.activeSetBlocks(.neighborhood)[row.block].element?.symbol == entry.species[atom])
        #expect(difference(row.row, expected[atom]) < 1e-11, "\(entry.name), atom \(atom)")
        compared += 1
      }
    }
    #expect(compared > 10)
  }

  /// Rows times the inverses of the reference's sets are ML-PACE's grades, in both modes.
  @Test(arguments: [("LiPS_A", ActiveSetMode.neighborhood), ("LiPS_A_full", .full), ("GRACE_FS_A", .neighborhood)])
  func grades(name: String, mode: ActiveSetMode) throws {
    let reference = try ClusterReference(path: Stored.path("\(name).json"))
    let graded = try Stored.potential(reference.potential, activeSet: reference.active_set)
    #expect(graded.activeSetMode == mode && graded.activeSetModes.contains(mode))
    let sets = try #require(graded.activeSets), bare = try Stored.potential(reference.potential)
    for entry in reference.cases {
      let gamma = try #require(entry.gamma)
      let found = try Self.rows(bare, Configuration(entry), mode: mode).map { block, row in
        let set = sets[block]
        return (0..<set.width).map { member in
          abs((0..<set.width).reduce(0) { $0 + row[$1] * set.inverseTransposed[member * set.width + $1] })
        }.max() ?? 0
      }
      #expect(difference(found, gamma) < 1e-9, "\(entry.name)")
    }
  }

  /// A file's sets, taken apart into rows and inverses and put together again, are the file's.
  @Test(arguments: ["LiPS_A.asi", "LiPS_A.asi.nonlinear"])
  func setsOfFiles(file: String) throws {
    let model = try ClusterFile.read(path: Stored.path("LiPS_A.yaml"))
    let original = try ActiveSetFile.read(path: Stored.path(file), model: model)
    let potential = try Stored.potential("LiPS_A.yaml", activeSet: file)
    let sets = try #require(potential.activeSets), mode = try #require(potential.activeSetMode)
    #expect(file.hasSuffix(potential.activeSetSuffix(mode)))
    let bytes = potential.encode(sets, mode: mode, selected: SelectedConfigurations(atomCounts: [], text: []))
    let again = try ActiveSetFile.activeSet(bytes: bytes, file: "again", model: model)
    #expect(again.kind == original.kind && again.inverses == original.inverses)
    for (set, block) in zip(sets, potential.activeSetBlocks(mode)) {
      #expect(set.width == block.width)
      let product =
        DenseMatrix(rows: set.width, columns: set.width, elements: set.rows)
        * DenseMatrix(rows: set.width, columns: set.width, elements: set.inverseTransposed).transpose
      #expect(difference(product.elements, DenseMatrix(diagonal: [Double](repeating: 1, count: set.width)).elements) < 1e-8)
    }
  }

  @Test func withoutInvariants() throws {
    let tilde = try Stored.potential("LiPS_A.yace")
    let failure = #expect(throws: Failure.self) { try tilde.requireRows() }
    #expect(failure?.exitStatus == 2 && failure?.description.contains(".yaml") == true)
    #expect(throws: Failure.self) {
      try Self.rows(tilde, Configuration(cell: .none, elements: [tilde.species[0]], positions: [.zero]), mode: .neighborhood)
    }
    // One density: full rows are as long as linear ones.
    #expect(try Stored.potential("Si_ZBL.yaml").activeSetModes == [.neighborhood])
    #expect(try Stored.potential("GRACE_FS_A.yaml").activeSetModes == [.neighborhood])
  }
}
