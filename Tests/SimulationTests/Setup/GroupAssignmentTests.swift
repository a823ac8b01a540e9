import Atomistics
import Diagnostics
import Numerics
import Simulation
import Testing

@Suite struct GroupAssignmentTests {
  /// A 4 Å cell, sheared; Li at the corners of a 2 Å grid and S between them, some of them outside the cell.
  private var frame: Configuration {
    let vectors = Matrix3(rows: [4, 0, 0], [1, 4, 0], [0, 0, 8])
    var frame = Configuration(cell: Cell(vectors: vectors, periodic: .all), elements: [], positions: [])
    for (symbol, position) in [
      ("Li", Vector3(0, 0, 0)), ("S", Vector3(1, 1, 1)), ("Li", Vector3(2, 0, 5)), ("S", Vector3(3, 1, -1)),
      ("Li", Vector3(-1, 2, 3)), ("S", Vector3(1, 5, 17)),
    ] {
      frame.elements.append(Element(symbol: symbol)!)
      frame.positions.append(position)
    }
    return frame
  }

  private func groups(_ text: String) throws -> [GroupInput] {
    try SimulationInput.parse(SampleInput.minimal + text, path: "in.toml").groups
  }

  private func members(_ criteria: String, of frame: Configuration) throws -> [Int] {
    let bits = try assignGroups(groups("[[group]]\nname = \"a\"\n" + criteria), in: frame)
    #expect(bits.allSatisfy { $0 <= 1 })
    return bits.indices.filter { bits[$0] == 1 }
  }

  @Test(arguments: [
    ("species = [\"Li\"]", [0, 2, 4]), ("species = [\"Li\", \"S\"]", [0, 1, 2, 3, 4, 5]),
    ("ids = \"2:3, 6\"", [1, 2, 5]), ("ids = 4", [3]), ("ids = \"1:3, 2:5\"\nspecies = [\"S\"]", [1, 3]),
    // Wrapped, z is 0, 1, 5, 7, 3, 1.
    ("region = { z = [1, 3] }", [1, 4, 5]), ("region = { z = [7, 8] }", [3]),
    // Wrapped, the fifth atom is at (3, 2, 3), and the sixth, which moves by a - b - 2c, at (4, 1, 1).
    ("region = { x = [3, 4], z = [0, 4] }", [4, 5]), ("region = { x = [4, 4], y = [1, 1] }", [5]),
    // Its surface belongs to a sphere.
    ("region = { center = [2.5, 1, 1], radius = 1.5 }", [1, 5]), ("region = { center = [2.4, 1, 1], radius = 1.5 }", [1]),
    ("species = [\"S\"]\nids = \"1:5\"\nregion = { z = [0, 2] }", [1]),
  ])
  func criteriaAreIntersected(criteria: String, expected: [Int]) throws {
    #expect(try members(criteria, of: frame) == expected)
  }

  @Test func openDirectionsAreNotWrapped() throws {
    var open = frame
    open.cell.periodic = Periodicity(true, true, false)
    #expect(try members("region = { z = [-1, -1] }", of: open) == [3])
    #expect(try members("region = { z = [17, 17] }", of: open) == [5])
  }

  @Test func atomsInTheCellKeepTheirBits() throws {
    var exact = frame
    exact.positions[1] = [0.1 + 0.2, 0.7, 1e-17]
    #expect(try members("region = { x = [0.30000000000000004, 0.30000000000000004] }", of: exact) == [1])
    #expect(try members("region = { z = [0, 1e-17] }", of: exact) == [0, 1])
  }

  @Test func idsOfTheFileCount() throws {
    var numbered = frame
    numbered.ids = [10, 20, 30, 40, 50, 60]
    #expect(try members("ids = \"20:39\"", of: numbered) == [1, 2])
  }

  @Test func everyGroupHasItsBit() throws {
    let text = """
      [[group]]
      name = "metal"
      species = ["Li"]
      [[group]]
      name = "low"
      region = { z = [0, 2] }
      [[group]]
      name = "rest"
      not = ["metal", "low"]

      """
    #expect(try assignGroups(groups(text), in: frame) == [3, 2, 1, 4, 1, 2])
    #expect(try assignGroups([], in: frame) == [0, 0, 0, 0, 0, 0])
  }

  @Test(arguments: [
    ("species = [\"Na\"]", "in.toml:11:11: the group \"a\" is empty: 'species' leaves none of the 6 atoms"),
    (
      "species = [\"Li\"]\nids = \"1:5\"\nregion = { z = [6, 8] }",
      "in.toml:13:10: the group \"a\" is empty: 'region' leaves none of the 3 atoms left by 'species' and 'ids'"
    ),
    ("ids = \"7:9\"", "in.toml:11:7: the group \"a\" is empty: 'ids' leaves none of the 6 atoms"),
    (
      "ids = 1\n[[group]]\nname = \"b\"\nids = 1\nnot = [\"a\"]",
      "in.toml:15:7: the group \"b\" is empty: 'not' leaves none of the 1 atom left by 'ids'"
    ),
  ])
  func anEmptyGroupNamesTheCriterion(criteria: String, message: String) throws {
    var found = "no error"
    do { _ = try members(criteria, of: frame) } catch let failure as Failure { found = failure.description }
    #expect(found == message + "; correct the criterion or the structure, or delete the group")
  }
}
