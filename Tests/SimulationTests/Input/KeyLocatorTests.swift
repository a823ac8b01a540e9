import Simulation
import Testing

@Suite struct KeyLocatorTests {
  private func locate(_ text: String) -> [[PathStep]: KeyPosition] { KeyLocator(Array(text.utf8)).positions }

  private func position(_ key: (Int, Int), _ value: (Int, Int)) -> KeyPosition {
    KeyPosition(
      key: TextPosition(line: key.0, column: key.1), value: TextPosition(line: value.0, column: value.1))
  }

  @Test func findsKeysOfEveryKind() {
    let found = locate(
      """
      # a comment with [brackets] = and "quotes
      top = 1  # another
      [a]
        b = "x # no comment"
      "quoted \\u00C5" = 'lit\\'
      c.d.e = true
      [a.f]
      g = [ 1,
        # [ not
        "]", { h = 2, i.j = 3 }, [4, 5] ]
      [[t]]
      k = 1
      [[t]]
      k = 2
      [t.u]
      v = 6
      [[t.w]]
      x = \"""
      [no] = header
      \"""
      y = '''
      '''' # end
      z = 1979-05-27 07:32:00
      """)
    #expect(found[[.key("top")]] == position((2, 1), (2, 7)))
    #expect(found[[.key("a")]] == position((3, 2), (3, 1)))
    #expect(found[[.key("a"), .key("b")]] == position((4, 3), (4, 7)))
    #expect(found[[.key("a"), .key("quoted Å")]] == position((5, 1), (5, 19)))
    #expect(found[[.key("a"), .key("c")]] == position((6, 1), (6, 1)))
    #expect(found[[.key("a"), .key("c"), .key("d"), .key("e")]] == position((6, 5), (6, 9)))
    #expect(found[[.key("a"), .key("f")]] == position((7, 4), (7, 1)))
    let g: [PathStep] = [.key("a"), .key("f"), .key("g")]
    #expect(found[g] == position((8, 1), (8, 5)))
    #expect(found[g + [.index(0)]]?.value == TextPosition(line: 8, column: 7))
    #expect(found[g + [.index(1)]]?.value == TextPosition(line: 10, column: 3))
    #expect(found[g + [.index(2), .key("h")]] == position((10, 10), (10, 14)))
    #expect(found[g + [.index(2), .key("i"), .key("j")]] == position((10, 19), (10, 23)))
    #expect(found[g + [.index(3), .index(1)]]?.value == TextPosition(line: 10, column: 32))
    #expect(found[[.key("t")]] == position((11, 3), (11, 1)))
    #expect(found[[.key("t"), .index(0), .key("k")]] == position((12, 1), (12, 5)))
    #expect(found[[.key("t"), .index(1)]] == position((13, 3), (13, 1)))
    #expect(found[[.key("t"), .index(1), .key("k")]] == position((14, 1), (14, 5)))
    #expect(found[[.key("t"), .index(1), .key("u"), .key("v")]] == position((16, 1), (16, 5)))
    let w: [PathStep] = [.key("t"), .index(1), .key("w"), .index(0)]
    #expect(found[w + [.key("x")]] == position((18, 1), (18, 5)))
    #expect(found[w + [.key("no")]] == nil)
    #expect(found[w + [.key("y")]] == position((21, 1), (21, 5)))
    #expect(found[w + [.key("z")]] == position((23, 1), (23, 5)))
  }

  @Test func columnsCountScalarsAndLinesSurviveCarriageReturns() {
    let found = locate("\"Å€\" = 1\r\n  b = 2\r\n")
    #expect(found[[.key("Å€")]] == position((1, 1), (1, 8)))
    #expect(found[[.key("b")]] == position((2, 3), (2, 7)))
  }

  @Test func aRepeatedKeyIsFound() {
    let locator = KeyLocator(Array("[a]\nb = 1\nc = 2\nb = 3\n".utf8))
    #expect(locator.repeated?.path == [.key("a"), .key("b")])
    #expect(locator.repeated?.first == TextPosition(line: 2, column: 1))
    #expect(locator.repeated?.second == TextPosition(line: 4, column: 1))
    #expect(KeyLocator(Array("[[a]]\nb = 1\n[[a]]\nb = 3\n".utf8)).repeated == nil)
  }

  @Test func aTableStandsAtItsHeaderOnceItHasOne() {
    #expect(locate("[a.b]\n")[[.key("a")]] == position((1, 2), (1, 2)))
    #expect(locate("[a.b]\n[a]\n")[[.key("a")]] == position((2, 2), (2, 1)))
  }

  @Test func nestingIsBounded() {
    let deep = "tables or arrays are nested too deeply"
    #expect(KeyLocator(Array(("a = " + String(repeating: "[", count: 100_000)).utf8)).problem?.message == deep)
    #expect(KeyLocator(Array((String(repeating: "a.", count: 100_000) + "b = 1").utf8)).problem?.message == deep)
    #expect(KeyLocator(Array(("[" + String(repeating: "a.", count: 100_000) + "b]").utf8)).problem?.message == deep)
    #expect(KeyLocator(Array("a = [[[[1]]]]".utf8)).problem == nil)
  }
}
