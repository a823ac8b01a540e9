import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import Testing

@Suite struct MLIPConfigurationTests {
  private static let species = ["Li", "S", "O"].compactMap(Element.init(symbol:))

  private struct Reference: Decodable {
    struct File: Decodable {
      var file, mlip3_rewrite, mlip3_binary: String
      var expected: [Expected]
    }
    struct Expected: Decodable {
      var size: Int
      var cell: [[Double]]
      var pbc: [Bool]
      var types: [Int]
      var positions: [[Double]]
      var forces: [[Double]]?
      var energy: Double?
      var plus_stress: [String: Double]?
      var site_en: [Double]?
    }
    var files: [File]
  }

  /// MLIP-3 rewrote each file as text (6 decimals, 5 for the stress) and as binary.
  @Test func referenceFiles() throws {
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: Sample.url("cfg_format/reference.json")))
    #expect(reference.files.count == 4)
    for file in reference.files {
      for (name, tolerance) in [(file.file, 1e-15), (file.mlip3_rewrite, 1e-5), (file.mlip3_binary, 1e-15)] {
        let read = try frames(Sample.bytes("cfg_format/\(name)"), name, ReadOptions(species: Self.species))
        #expect(read.count == file.expected.count)
        for (frame, expected) in zip(read, file.expected) { compare(frame, expected, tolerance, name) }
      }
    }
  }

  /// MLIP-3's potentials may call their species otherwise than 0, 1, ...: the types are those labels.
  @Test func labels() throws {
    let frame = Configuration(
      cell: .none, elements: [Self.species[1], Self.species[0]], positions: [.zero, Vector3(2, 0, 0)])
    let bytes = try MLIPConfigurationWriter.encode(
      frame, species: Array(Self.species.prefix(2)), labels: [29, 7], at: Place(file: "labels.cfg"))
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.filter { $0.count == 5 && $0[0] != "AtomData:" }.map { $0[1] } == ["7", "29"])
  }

  private func compare(_ frame: Configuration, _ expected: Reference.Expected, _ tolerance: Double, _ name: String) {
    func near(_ found: [Double]?, _ wanted: [Double]?) -> Bool {
      found?.count == wanted?.count && zip(found ?? [], wanted ?? []).allSatisfy { abs($0 - $1) <= tolerance }
    }
    func flat(_ v: [Vector3]?) -> [Double]? { v?.flatMap { [$0.x, $0.y, $0.z] } }
    #expect(frame.count == expected.size && frame.cell.periodic.flags == expected.pbc, "\(name)")
    #expect(near(frame.cell.vectors.elements, expected.cell.flatMap { $0 }), "\(name)")
    #expect(frame.elements == expected.types.map { Self.species[$0] }, "\(name)")
    #expect(near(flat(frame.positions), expected.positions.flatMap { $0 }), "\(name)")
    #expect(near(flat(frame.forces), expected.forces?.flatMap { $0 }), "\(name)")
    #expect(frame.energy == expected.energy && near(frame.energies, expected.site_en), "\(name)")
    let stress = expected.plus_stress.map { s in
      ["xx", "xy", "xz", "xy", "yy", "yz", "xz", "yz", "zz"].map { s[$0] ?? .nan }
    }
    #expect(near(frame.virial?.elements, stress), "\(name)")
  }

  @Test func roundTripIsExact() throws {
    var frame = try Sample.full()
    frame.virial = Matrix3(elements: [1.1, 0.1, 0.2, 0.1, 2.2, 0.3, 0.2, 0.3, 3.3])
    frame.columns = [
      AtomColumn(name: "magmom", width: 3, values: .real((0..<21).map { Double($0) / 7 })),
      AtomColumn(name: "nbh_grades", width: 1, values: .real((0..<7).map { Double($0) / 3 })),
      AtomColumn(name: "ghost", width: 1, values: .logical((0..<7).map { $0 == 3 })),
    ]
    frame.properties = [
      ("EFS_by", .string("VASP")), ("MV_grade", .real(1.0 / 3)), ("cfg#", .integer(4)),
      ("a key", .string("two\nlines")),
      ("mindist", .string("2.10")),
    ]
    let back = try frames(written([frame, frame], as: "x.cfg"), "x.cfg")
    #expect(back.count == 2)
    for again in back {
      expectIdentical(frame, again, [.results, .charges])
      #expect(again.columns == frame.columns)
      #expect(again.properties.map(\.key) == frame.properties.map(\.key))
      #expect(again.properties.map(\.value) == frame.properties.map(\.value))
    }
  }

  @Test func openDirectionsGoLast() throws {
    var frame = try Sample.full()
    frame.cell.periodic = Periodicity(false, true, true)
    let back = try #require(try frames(written([frame], as: "x.cfg"), "x.cfg").first)
    #expect(back.cell.periodic == Periodicity(true, true, false) && back.positions == frame.positions)
    #expect(back.cell.vectors[0] == frame.cell.vectors[1] && back.cell.vectors[1] == frame.cell.vectors[2])
  }

  private static func text(
    _ rows: String, size: String = "2", fields: String = "", columns: String = "id type cartes_x cartes_y cartes_z"
  ) -> String {
    "BEGIN_CFG\nSize\n\(size)\nAtomData: \(columns)\n\(rows)\(fields)END_CFG\n"
  }

  @Test(arguments: [
    (text("1 0 0 0 0\n2 5 1 1 1\n"), "atom 2 has type 5"), (text("1 0 0 0 0\n"), "'END_CFG', not 2"),
    (text("1 0 0 0 0\n3 0 1 1 1\n"), "ids ascend from 1"), (text("1 0 0 0 nan\n2 0 1 1 1\n"), "not a finite number"),
    (text("1 0 0 0 0\n2 0 1 1 1\n", fields: "Enrgy\n1\n"), "did you mean Energy"),
    (text("1 0 0 0 0\n2 0 1 1 1\n", fields: "PlusStress: xx yy\n1 2\n"), "announces the components"),
    (text("1 0 0 0 0\n2 0 1 1 1\n", columns: "id type cartes_x cartes_y cartez_z"), "did you mean cartes_z"),
    (text("1 0 0 0 0\n2 0 1 1 1\n", columns: "id type direct_x direct_y direct_z"), "three independent cell vectors"),
    (text("", size: "-1"), "Size '-1'"), (text("", size: "99999999999"), "'END_CFG'"),
    ("BEGIN_CFG\nSize\n2\n", "no END_CFG"), ("nonsense\n", "expected BEGIN_CFG"),
    ("BEGIN_CFG\nSize\n1\nEND_CFG\n", "no AtomData"),
    ("BEGIN_CFG\nAtomData: id\n", "before Size"),
  ])
  func badInput(text: String, expected: String) throws {
    let message = try failure(text, "x.cfg", ReadOptions(format: .mlipConfiguration, species: Self.species))
    #expect(message?.contains(expected) == true, "\(message ?? "no failure")")
  }

  @Test func numbersNeedNames() throws {
    #expect(try failure(Self.text("1 0 0 0 0\n2 0 1 1 1\n"), "x.cfg")?.contains("give the list of species") == true)
  }
}
