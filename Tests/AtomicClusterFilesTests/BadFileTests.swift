import AtomicClusterFiles
import Diagnostics
import Foundation
import Testing

/// Each mistake gives one message with its line and what to do.
@Suite struct BadFileTests {
  static let yaml = [
    ("nradmaxi: 3", "nradmaxi: 2", "parts where 2"), ("lmaxi: 3", "lmaxi: 25", "between 0 and 20"),
    ("rcutij: 5.2", "rcutij: 5.2 Å", "not a finite number"), ("rcutij: 5.2", "rcutij: -1", "cutoff"),
    ("radbase: ChebExpCos", "radbase: Cheb", "no radial basis"), ("radparameters: [5.25]", "radparameters: [0]", "λ"),
    ("npoti: FinnisSinclairShiftedScaled", "npoti: None", "no embedding"),
    ("parameters: [1.0, 1.0, 1.0, 0.5]", "parameters: [1.0]", "1 numbers where 4"),
    ("nr: [2, 3], nl: [3, 3]", "nr: [2, 9], nl: [3, 3]", "beyond the 3 radial"),
    ("nr: [2, 3], nl: [3, 3]", "nr: [2, 3], nl: [3, 2]", "even"),
    ("nr: [2, 3], nl: [3, 3]", "nr: [2, 3], nl: [3, 1]", "equal"),
    ("nl: [1, 1, 2], lint: [2]", "nl: [1, 1, 2], lint: [0]", "scalar"),
    ("type: Li Li Li,", "type: P Li Li,", "does not fit its block"),
    ("type: Li Li Li,", "type: Li Li Xx,", "does not fit its block"),
    ("speciesblock: P\n", "speciesblock: Q\n", "no element"), ("speciesblock: P\n", "speciesblock: Li\n", "twice"),
    ("inner_cutoff_type: distance", "inner_cutoff_type: far", "density, distance or zbl"),
    ("delta_in: 0.3", "delta_in: -0.3", "negative"),
    ("core-repulsion: [30.0, 1.5]", "core-repulsion: [30.0]", "1 numbers where 2"),
    ("DeltaSplineBins: 0.001", "DeltaSplineBins: 0", "table"),
    ("    nradbaseij: 5\n", "", "lacks the key `nradbaseij`"),
  ]

  static let yace = [
    ("  [0, 1]: ", "  [0, 7]: ", "between 0 and 2"), ("  [0, 1]: ", "  [0, 0]: ", "twice"),
    ("  [0, 1]: ", "  01: ", "numbers where 2"),
    ("elements: [Li, P, S]", "elements: [Li, P, P]", "twice"), ("E0: [-1.25, ", "E0: [", "2 numbers where 3"),
    ("rank: 2, ", "rank: 3, ", "numbers where 3"), ("ndensity: 2, num", "ndensity: 1, num", "between 2 and 2"),
    ("num_ms_combs: 4", "num_ms_combs: 5", "numbers where"), ("mus: [0, 0]", "mus: [0, 3]", "between 0 and 2"),
    ("ns: [1, ", "ns: [0, ", "n = 0"),
    ("ms_combs: [0, 0, ", "ms_combs: [0, 1, ", "add up"),
    ("inner_cutoff_type: distance", "inner_cutoff_type: density", "differ"),
  ]

  static func check(_ text: String, _ edit: (String, String, String)) throws {
    let range = try #require(text.range(of: edit.0), "\(edit.0)")
    #expect { try FormatTests.model(text.replacingCharacters(in: range, with: edit.1)) } throws: { error in
      guard let failure = error as? Failure else { return false }
      let isRight =
        failure.kind == .input && failure.place?.line != nil && failure.remedy != nil && "\(failure)".contains(edit.2)
      if !isRight { Issue.record("\(edit): \(failure)") }
      return isRight
    }
  }

  @Test(arguments: yaml)
  func bBasis(edit: (String, String, String)) throws { try Self.check(FormatTests.text("LiPS_A.yaml"), edit) }

  @Test(arguments: yace)
  func tildeBasis(edit: (String, String, String)) throws { try Self.check(FormatTests.text("LiPS_A.yace"), edit) }

  @Test(arguments: [
    ("crad_shape: [4, 4, 6]", "crad_shape: [4, 4, 5]", "crad_shape"),
    ("radbasename: SBessel", "radbasename: Other", "SBessel"),
    ("ls: [1, 1], ms_combs: [-1", "ls: [1, 1], ms_combs: [-2", "beyond l"), ("gen_cgs: [1.0]", "gen_cgs: []", "0 belong"),
    ("cutoff: 5.0", "cutoff: 1e9", "cutoff"), ("elements: [Li, P, S]", "elements: [Li, P]", "3 numbers where 2"),
  ])
  func grace(edit: (String, String, String)) throws { try Self.check(FormatTests.text("GRACE_FS_A.yaml"), edit) }

  /// The message about the line of the mistake, word for word.
  @Test func message() throws {
    let text = try FormatTests.text("LiPS_A.yaml").replacingOccurrences(of: "rcutij: 5.2", with: "rcutij: five")
    #expect { try ClusterFile.model(bytes: Array(text.utf8), file: "lips.yaml") } throws: {
      "\($0)" == "lips.yaml:13:13: `rcutij` is \"five\", not a finite number; correct it or copy the file again"
    }
  }

  /// Cut off within a number, wherever that is, a file is refused.
  @Test(arguments: ["Si_ZBL.yaml", "Si_ZBL.yace", "GRACE_FS_A.yaml"])
  func truncated(name: String) throws {
    let bytes = try ReferenceTests.bytes(name)
    for tenth in 0..<10 {
      let cut = try #require(bytes[(bytes.count * tenth / 10)...].firstIndex { (0x30...0x39).contains($0) })
      #expect(throws: Failure.self, "\(name) \(tenth)") { try ClusterFile.model(bytes: Array(bytes[...cut]), file: name) }
    }
  }

  @Test func otherFiles() {
    for text in ["", "\n", "hello", "a: 1", "[1, 2]", "PK\u{3}\u{4}", "nelements=", "# only a comment", "\u{0}\u{1}\u{2}"] {
      #expect(throws: Failure.self) { try FormatTests.model(text) }
    }
    for path in ["/dev/zero", "/tmp"] {
      #expect { try ClusterFile.read(path: path) } throws: { "\($0)".contains("no regular file") }
    }
    #expect { try ClusterFile.read(path: "/nowhere/x.yace") } throws: { "\($0)".contains("/nowhere/x.yace") }
  }
}
