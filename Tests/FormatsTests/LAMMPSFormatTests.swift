import Atomistics
import Diagnostics
import Formats
import Numerics
import Testing

@Suite struct LAMMPSFormatTests {
  private static let restricted = Matrix3(elements: [5.1, 0, 0, 0.7, 6.3, 0, -0.3, 0.9, 7.1])

  private static func text(
    box: String = "0 4 xlo xhi\n0 5 ylo yhi\n0 6 zlo zhi", types: String = "2", masses: String = "1 6.941\n2 32.06\n",
    style: String = " # charge", atoms: String = "2 1 0.5 1 2 3\n1 2 -1 0 0 0\n", tail: String = ""
  ) -> String {
    "title\n\n2 atoms\n\(types) atom types\n\(box)\n\nMasses\n\n\(masses)\nPair Coeffs\n\n1 0.1 2.0\n\nAtoms\(style)\n\n\(atoms)\n\(tail)"
  }

  @Test func roundTripOfARestrictedCellIsExact() throws {
    let frame = try Sample.full(cell: Self.restricted)
    let bytes = try written([frame], as: "x.data")
    let back = try #require(try frames(bytes, "x.data").first)
    expectIdentical(frame, back, [.velocities, .charges, .masses, .ids, .images])
  }

  @Test func anyOtherCellIsTurnedWithItsVectors() throws {
    let frame = try Sample.full()
    let back = try #require(try frames(written([frame], as: "x.data"), "x.data").first)
    #expect(back.cell.vectors[0, 1] == 0 && back.cell.vectors[0, 2] == 0 && back.cell.vectors[1, 2] == 0)
    #expect(abs(back.cell.volume - frame.cell.volume) < 1e-10)
    // One rotation for all: every scalar product stays.
    let old = frame.positions + (frame.velocities ?? []).map { 100 * $0 } + (0..<3).map { frame.cell.vectors[$0] }
    let new = back.positions + (back.velocities ?? []).map { 100 * $0 } + (0..<3).map { back.cell.vectors[$0] }
    #expect(old.count == new.count)
    for i in old.indices {
      for j in old.indices { #expect(abs(old[i].dot(old[j]) - new[i].dot(new[j])) < 1e-11) }
    }
  }

  @Test func elementsFromMassesCommentsLabelsAndTheCaller() throws {
    #expect(try frame(Self.text(), "x.data").elements.map(\.symbol) == ["Li", "S"])
    #expect(try frame(Self.text(), "x.data").masses == [6.941, 32.06])
    #expect(
      try frame(Self.text(masses: "1 3 # Na\n2 5 # Cl-\n# 3 9 # X\n", atoms: "2 1 0 1 2 3\n1 1 0 0 0 0\n"), "x.data")
        .elements.map(\.symbol) == ["Na", "Na"])
    let species = ["K", "F"].compactMap(Element.init(symbol:))
    #expect(try frame(Self.text(), "x.data", ReadOptions(species: species)).elements == species)
    let labelled = Self.text(atoms: "2 Li 0.5 1 2 3\n1 S -1 0 0 0\n").replacing(
      "Masses\n", with: "Atom Type Labels\n\n1 Li\n2 S\n\nMasses\n")
    #expect(try frame(labelled, "x.data").elements.map(\.symbol) == ["Li", "S"])
    #expect(
      try failure(Self.text(masses: "1 500\n2 32.06\n"), "x.data")?.contains("which element type 1 is (mass 500.0)")
        == true)
  }

  @Test func originImagesVelocitiesAndOrder() throws {
    let text = Self.text(
      box: "-1 3 xlo xhi\n0 5 ylo yhi\n0 6 zlo zhi\n1 0 0 xy xz yz", style: " # atomic",
      atoms: "7 1 1 2 3 1 0 -1\n4 2 0 0 0 0 0 0\n", tail: "Velocities\n\n4 1000 0 0\n7 0 1 0.1\n")
    let frame = try frame(text, "x.data", ReadOptions(periodicity: Periodicity(true, true, false)))
    #expect(frame.positions == [Vector3(2, 2, 3), Vector3(1, 0, 0)] && frame.ids == [7, 4])
    #expect(frame.cell.vectors == Matrix3(elements: [4, 0, 0, 1, 5, 0, 0, 0, 6]) && frame.cell.periodic.c == false)
    #expect(frame.images == [SIMD3(1, 0, -1), SIMD3(0, 0, 0)])
    #expect(frame.velocities == [Vector3(0, 0.001, 0.0001), Vector3(1, 0, 0)])
  }

  @Test func generalTriclinicBoxes() throws {
    let box = "1 2 3 avec\n0 4 0 bvec\n0 1 5 cvec\n1 1 1 abc origin"
    let frame = try frame(Self.text(box: box), "x.data")
    #expect(
      frame.cell.vectors == Matrix3(elements: [1, 2, 3, 0, 4, 0, 0, 1, 5]) && frame.positions[0] == Vector3(0, 1, 2))
    #expect(try failure(Self.text(box: "1 2 3 avec"), "x.data")?.contains("needs avec, bvec and cvec") == true)
  }

  @Test(arguments: [
    (text(style: ""), "does not name its style"), (text(style: " # sphere"), "atom style 'sphere'"),
    (text(atoms: "2 1 0.5 1 2 3\n"), "Atoms has 1 lines"),
    (text(atoms: "2 1 0.5 1 2 3\n2 1 0.5 1 2 3\n"), "two atoms with the id 2"),
    (text(atoms: "2 1 0.5 1 2 nan\n1 2 0 0 0 0\n"), "atom line 1"),
    (text(atoms: "2 1 0.5 1 2 3 0 0 0\n1 2 0 0 0 0\n"), "which earlier"),
    (text(atoms: "2 3 0.5 1 2 3\n1 2 0 0 0 0\n"), "which element type 3"), (text(box: "4 0 xlo xhi"), "low end"),
    (text(masses: "1 -4\n2 3\n"), "positive mass"), (text(tail: "Velocities\n\n1 0 0 0\n1 0 0 0\n"), "two velocities"),
    ("title\n\nAtoms\n\n", "number of atoms"), ("title\n3 atoms\n", "no section Atoms"),
    ("t\n99999999999999999999 atoms\n", "no whole number"),
    ("t\n9000000000000000000 atoms\n\nAtoms # atomic\n\n1 1 0 0 0\n", "Atoms has 1 lines"),
  ])
  func badInput(text: String, expected: String) throws {
    let message = try failure(text, "x.data")
    #expect(message?.contains(expected) == true, "\(message ?? "no failure")")
  }

  @Test func dumpText() throws {
    let lithium = try #require(Element(symbol: "Li"))
    var frame = Configuration(
      cell: Cell(
        vectors: Matrix3(elements: [4, 0, 0, -1, 5, 0, 0.5, -2, 6]), periodic: Periodicity(true, true, false)),
      elements: [lithium], positions: [Vector3(1, 1, 1.25)])
    frame.velocities = [Vector3(0.001, -0.0123456, 1e-7)]
    frame.step = 40
    let text = String(decoding: try written([frame, frame], as: "x.lammpstrj"), as: UTF8.self)
    let one = """
      ITEM: TIMESTEP
      40
      ITEM: NUMBER OF ATOMS
      1
      ITEM: BOX BOUNDS xy xz yz pp pp ff
      -1.0 4.5 -1.0
      -2.0 5.0 0.5
      0.0 6.0 -2.0
      ITEM: ATOMS id type element x y z vx vy vz
      1 1 Li 1.0 1.0 1.25 1.0 -12.3456 1e-4

      """
    #expect(text == one + one)
  }

  @Test func dumpOfEnergiesAndGrades() throws {
    let lithium = try #require(Element(symbol: "Li"))
    var frame = Configuration(
      cell: Cell(vectors: Matrix3(diagonal: [4, 4, 4]), periodic: .all), elements: [lithium, lithium],
      positions: [Vector3(0, 0, 0), Vector3(1, 2, 3)])
    frame.energies = [-1.5, 0.25]
    frame.columns = [
      AtomColumn(name: "grades", width: 1, values: .real([0.5, 12])),
      AtomColumn(name: "flag", width: 1, values: .logical([true, false])),
    ]
    let text = String(decoding: try written([frame], as: "x.lammpstrj"), as: UTF8.self)
    #expect(text.hasSuffix("ITEM: ATOMS id type element x y z energy grades\n1 1 Li 0.0 0.0 0.0 -1.5 0.5\n2 1 Li 1.0 2.0 3.0 0.25 12.0\n"))
  }

  @Test func openDirectionsGetABoxAroundTheAtoms() throws {
    let lithium = try #require(Element(symbol: "Li"))
    let wire = Configuration(
      cell: Cell(vectors: Matrix3(elements: [4, 0, 0, 0, 0, 0, 0, 0, 0]), periodic: Periodicity(true, false, false)),
      elements: [lithium, lithium], positions: [Vector3(0, -7, 1), Vector3(1, 9, 2)])
    let text = String(decoding: try written([wire], as: "x.data"), as: UTF8.self)
    #expect(text.contains("0.0 4.0 xlo xhi\n-8.0 10.0 ylo yhi\n0.0 3.0 zlo zhi\n"))
    #expect(try frames(text, "x.data").first?.positions == [Vector3(0, 1, 1), Vector3(1, 17, 2)])
  }

  @Test func cellsThatLAMMPSCannotHold() throws {
    var frame = try Sample.full(cell: Matrix3(elements: [1, 0, 0, 0, 1, 0, 0, 0, -1]))
    #expect(throws: Failure.self) { try written([frame], as: "x.data") }
    frame.cell = Cell(vectors: Self.restricted, periodic: .all)
    #expect(throws: Failure.self) { try written([frame, frame], as: "x.data") }
    #expect(throws: Failure.self) { try written([frame], as: "x.data", WriteOptions(species: [])) }
  }
}
