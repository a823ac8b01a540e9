import AtomicClusterFiles
import Diagnostics
import Testing

/// The subset of YAML that ACE files are written in.
@Suite struct YAMLTests {
  static func document(_ text: String) throws -> YAMLValue { try YAMLDocument(bytes: Array(text.utf8), file: "x.yaml").root }

  @Test func blockAndFlow() throws {
    let root = try Self.document(
      """
      %YAML 1.2
      ---
      # a comment
      elements: [N, No, Y]   # YAML 1.1 would read booleans
      empty:
      quoted: 'it''s'
      escaped: "a\\"b\\\\c"
      bonds:
        [0, 1]: {rcut: 5, name: Cheb, list: [1e-05, -2., +.5], nested: [[1, 2], [3, 4]]}
        [1,0]: {rcut: 6.5,
          name: a word,
          list: [], lint:[2]}
      functions:
        0:
        - {c: 1}
        - a: 2
          b:
            - 3
            -
            - - 4
              - 5
      text: |
        kept: as it is
          [
      wrapped: one
        two # end
      last: true
      """)
    #expect(try root.value("elements").items().map { try $0.string() } == ["N", "No", "Y"])
    #expect(try root.value("empty").string() == "")
    #expect(try root.value("quoted").string() == "it's")
    #expect(try root.value("escaped").string() == "a\"b\\c")
    let bonds = try root.value("bonds").pairs()
    #expect(try bonds.map { try $0.key.integers(in: 0...9) } == [[0, 1], [1, 0]])
    #expect(try bonds[0].value.value("list").reals() == [1e-05, -2, 0.5])
    #expect(try bonds[0].value.value("nested").reals(shape: [2, 2]) == [1, 2, 3, 4])
    #expect(try bonds[1].value.value("name").string() == "a word")
    #expect(try bonds[1].value.value("list").reals() == [])
    #expect(try bonds[1].value.value("lint").integers(in: 0...9) == [2])
    let items = try root.value("functions").value("0").items()
    #expect(try items[0].value("c").real() == 1)
    let b = try items[1].value("b").items()
    #expect(try b[0].integer(in: 0...5) == 3)
    #expect(try b[1].string() == "")
    #expect(try b[2].integers(in: 0...9) == [4, 5])
    #expect(try root.value("text").string().contains("kept: as it is"))
    #expect(try root.value("wrapped").string() == "one two")
    #expect(try root.value("last").boolean())
  }

  /// PyYAML breaks lines at blanks, within words of a list too.
  @Test func foldedFlow() throws {
    let root = try Self.document("a: {type: Li Li\r\n    P, nr: [1,\r\n  2]}\r\nb: 1\r\n")
    #expect(try root.value("a").value("type").string() == "Li Li P")
    #expect(try root.value("a").value("nr").reals() == [1, 2])
    #expect(try root.value("b").integer(in: 0...1) == 1)
  }

  /// Whole numbers may be written as reals, and the other way round.
  @Test func numbers() throws {
    let root = try Self.document("p: 1.0\nq: 3\nr: 1e400\ns: 2.5\nt: .nan\n")
    #expect(try root.value("p").integer(in: 0...5) == 1)
    #expect(try root.value("q").real() == 3)
    for (key, line) in [("r", 3), ("t", 5)] {
      #expect { try root.value(key).real() } throws: { ($0 as? Failure)?.place?.line == line }
    }
    #expect { try root.value("s").integer(in: 0...5) } throws: { ($0 as? Failure)?.place?.line == 4 }
    #expect { try root.value("q").integer(in: 0...2) } throws: {
      ($0 as? Failure)?.message.contains("between 0 and 2") == true
    }
  }

  @Test(arguments: [
    ("a: [1, 2\nb: 3\n", 2, "list"), ("a: [1, 2\n", 1, "never closed"), ("a: {b: 1\n", 1, "never closed"),
    ("a: 'x\n", 1, "never closed"),
    ("a: 1\n  b: 2\n", 2, "cannot stand inside"), ("a:\n\tb: 1\n", 2, "tab"), ("a: 1\na: 2\n", 2, "twice"),
    ("[0, 1]: 1\n[0,1]: 2\n", 2, "twice"), ("a: &x 1\n", 1, "anchors"), ("a: *x\n", 1, "anchors"),
    ("a: !!int 1\n", 1, "tags"),
    ("? a\n: b\n", 1, "'?'"), ("a: 1\nb\n", 2, "':'"), ("a: [1 2]\n", 0, ""), ("a: ]\n", 1, "missing"),
    ("a: - b\n", 1, "sequence"), ("- 1\n  - 2\n- 3\n", 0, ""), ("a: [b: 1]\n", 1, "{ }"), ("a: 1\n---\nb: 2\n", 2, "second"),
    ("  a: 1\n b: 2\n", 2, "belong"), ("a: [1, [2}, 3]\n", 1, "','"),
  ])
  func errors(text: String, line: Int, part: String) throws {
    guard line > 0 else {
      // A plain scalar that looks odd, but is one.
      _ = try Self.document(text)
      return
    }
    #expect { try Self.document(text) } throws: { error in
      guard let failure = error as? Failure else { return false }
      return failure.place?.line == line && "\(failure)".contains(part) && failure.remedy != nil
    }
  }

  /// No recursion without end.
  @Test func deepNesting() {
    for text in [
      String(repeating: "[", count: 100_000), String(repeating: "{a: ", count: 100_000),
      String(repeating: "- ", count: 100_000),
    ] {
      #expect(throws: Failure.self) { try Self.document(text) }
    }
  }
}
