import Atomistics
import Formats
import Numerics
import Testing

@Suite struct PoscarTests {
  private static func text(
    scale: String = "1.0", names: String = "Li S\n", counts: String = "2 1", mode: String = "Direct",
    atoms: String = "0 0 0\n0.5 0.5 0.5\n.25 .75 0\n", tail: String = ""
  ) -> String {
    "a title\n\(scale)\n2 0 0\n0 3 0\n0 1 4\n\(names)\(counts)\n\(mode)\n\(atoms)\(tail)"
  }

  @Test func directAndCartesian() throws {
    let direct = try frame(Self.text(), "POSCAR")
    #expect(direct.elements.map(\.symbol) == ["Li", "Li", "S"] && direct.cell.isFullyPeriodic)
    #expect(direct.positions == [.zero, Vector3(1, 2, 2), Vector3(0.5, 2.25, 0)])
    #expect(direct.properties.map(\.value) == [.string("a title")])
    let cartesian = try frame(Self.text(scale: "2", mode: "kartesian"), "POSCAR")
    #expect(cartesian.positions[1] == Vector3(1, 1, 1) && cartesian.cell.vectors[1] == Vector3(0, 6, 0))
  }

  @Test func scalingFactors() throws {
    #expect(
      try frame(Self.text(scale: "-192"), "POSCAR").cell.vectors == 2 * (try frame(Self.text(), "POSCAR")).cell.vectors)
    let three = try frame(Self.text(scale: "1 2 3", mode: "Cartesian"), "POSCAR")
    #expect(
      three.cell.vectors == Matrix3(elements: [2, 0, 0, 0, 6, 0, 0, 2, 12])
        && three.positions[1] == Vector3(0.5, 1, 1.5))
  }

  @Test func oldFormatAndPotentialNames() throws {
    let species = ["S", "Li"].compactMap(Element.init(symbol:))
    let old = try frame(Self.text(names: ""), "POSCAR", ReadOptions(species: species))
    #expect(old.elements.map(\.symbol) == ["S", "S", "Li"])
    #expect(try failure(Self.text(names: ""), "POSCAR")?.contains("does not name its elements") == true)
    #expect(try frame(Self.text(names: "Li_sv S/1a2b3c\n"), "POSCAR").elements == frame(Self.text(), "POSCAR").elements)
  }

  @Test func selectiveDynamicsAndVelocities() throws {
    let rows = "0 0 0 T T F\n0.5 0.5 0.5 .FALSE. F F Li\n.25 .75 0 T T T\n"
    let text = Self.text(
      mode: "Selective dynamics\nDirect", atoms: rows, tail: "\n1 0 0\n0 2 0\n0 0 3\n\n 1\n garbage\n")
    let frame = try frame(text, "CONTCAR")
    #expect(frame.velocities == [Vector3(1, 0, 0), Vector3(0, 2, 0), Vector3(0, 0, 3)])
    #expect(
      frame.columns == [
        AtomColumn(
          name: "move_mask", width: 3, values: .logical([true, true, false, false, false, false, true, true, true]))
      ])
    let back = try #require(try frames(written([frame], as: "CONTCAR"), "CONTCAR").first)
    expectIdentical(frame, back)
    #expect(back.columns == frame.columns)
  }

  @Test func roundTripIsExactInAnyOrder() throws {
    let frame = try Sample.full(count: 8)
    let back = try #require(try frames(written([frame], as: "x.vasp"), "x.vasp").first)
    expectIdentical(frame, back, [.velocities])
    let grouped = try #require(
      try frames(written([frame], as: "x.vasp", WriteOptions(groupsElements: true)), "x.vasp").first)
    #expect(grouped.elements.map(\.symbol) == ["Li", "Li", "Li", "Li", "Li", "Li", "S", "S"])
    #expect(grouped.positions[6] == frame.positions[2])
  }

  @Test(arguments: [
    ("t\n0\n", "POSCAR:2: the scaling factor"), ("t\n1\n1 0\n", "cell vector a"),
    (text(names: "Lu Zz\n"), "'Zz' is not a chemical"),
    (text(counts: "2"), "2 elements but 1 numbers"), (text(counts: "2 2"), "file ends where atom 4 of 4"),
    (text(counts: "9223372036854775807 9223372036854775807"), "too large"),
    (text(mode: "Fractional"), "kind of coordinates is 'Fractional'"), (text(atoms: "0 0 inf\n"), "atom 1: '0 0 inf'"),
    (text(tail: "\n1 0 0\n"), "velocities end after atom 1 of 3"),
    (text(tail: "Direct\n1 0 0\n1 0 0\n1 0 0\n"), "direct coordinates"),
    (text(mode: "S\nDirect"), "lacks its flags"),
  ])
  func badInput(text: String, expected: String) throws {
    let message = try failure(text, "POSCAR")
    #expect(message?.contains(expected) == true, "\(message ?? "no failure")")
  }
}
