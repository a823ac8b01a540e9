import Atomistics
import Diagnostics
import Formats
import Foundation
import Numerics
import TestSupport
import Testing

@Suite struct LAMMPSDumpReaderTests {
  static func text(
    top: String = "", box: String = "BOX BOUNDS pp pp ff\n-1 3\n0 5\n0.5 6.5", columns: String = "id type x y z",
    atoms: String = "7 2 1 2 3\n4 1 0 0 0.5\n", count: Int = 2, step: Int = 10
  ) -> String {
    "\(top)ITEM: TIMESTEP\n\(step)\nITEM: NUMBER OF ATOMS\n\(count)\nITEM: \(box)\nITEM: ATOMS \(columns)\n\(atoms)"
  }

  private let species = ReadOptions(species: ["Li", "S"].compactMap(Element.init(symbol:)))

  @Test func atomsComeByIdsAndTheBoxStartsAtZero() throws {
    let frame = try frame(Self.text(), "a.dump", species)
    #expect(frame.elements.map(\.symbol) == ["Li", "S"] && frame.ids == [4, 7] && frame.step == 10 && frame.time == nil)
    #expect(frame.positions == [Vector3(1, 0, 0), Vector3(2, 2, 2.5)])
    #expect(frame.cell.vectors == Matrix3(elements: [4, 0, 0, 0, 5, 0, 0, 0, 6]))
    #expect(frame.cell.periodic == Periodicity(true, true, false) && frame.images == nil)
  }

  @Test func whatWasWrittenComesBack() throws {
    var original = try Sample.full(cell: Matrix3(elements: [5.1, 0, 0, 0.7, 6.3, 0, -0.3, 0.9, 7.1]))
    original.step = 40
    original.columns = [AtomColumn(name: "grades", width: 1, values: .real((0..<7).map { 0.1 * Double($0) }))]
    let read = try frames(written([original, original], as: "a.dump"), "a.dump")
    #expect(read.count == 2)
    for frame in read {
      #expect(frame.elements == original.elements && frame.positions == original.positions && frame.ids == original.ids)
      #expect(frame.velocities == original.velocities && frame.forces == original.forces && frame.step == 40)
      #expect(frame.charges == original.charges && frame.images == original.images && frame.energies == original.energies)
      #expect(frame.columns == original.columns)
      for axis in 0..<3 { #expect((frame.cell.vectors[axis] - original.cell.vectors[axis]).length < 1e-14) }
    }
  }

  /// One configuration in all ways in which LAMMPS says positions.
  @Test func everyKindOfPositions() throws {
    let cell = Matrix3(elements: [8, 0, 0, -2, 9, 0, 1, -3, 10]), origin = Vector3(-1, 2, 0.5)
    let fractions = [Vector3(0.25, 0.5, 0.75), Vector3(0.9, 0.1, 0.3)]
    let counts = [SIMD3<Int32>(0, 0, 0), SIMD3<Int32>(1, -2, 3)]
    let box = "BOX BOUNDS xy xz yz pp pp pp\n\(-1 - 2.0) \(-1 + 8 + 1.0) -2\n\(2 - 3.0) 11 1\n0.5 10.5 -3"
    func row(_ k: Int, _ columns: String) -> String {
      let wrapped = fractions[k] * cell + origin
      let shift = Vector3(Double(counts[k].x), Double(counts[k].y), Double(counts[k].z))
      let numbers: [Vector3] =
        switch columns {
        case "x y z ix iy iz": [wrapped, shift]
        case "xs ys zs ix iy iz": [fractions[k], shift]
        case "xu yu zu": [wrapped + shift * cell]
        case "xsu ysu zsu": [fractions[k] + shift]
        default: [wrapped + shift * cell, wrapped, shift]
        }
      return "\(k + 1) 1 " + numbers.flatMap { v in (0..<3).map { "\(v[$0])" } }.joined(separator: " ") + "\n"
    }
    for columns in ["x y z ix iy iz", "xs ys zs ix iy iz", "xu yu zu", "xsu ysu zsu", "xu yu zu x y z ix iy iz"] {
      let text = Self.text(box: box, columns: "id type " + columns, atoms: row(0, columns) + row(1, columns))
      let frame = try frame(text, "a.dump", species)
      #expect(frame.cell.vectors == cell)
      for k in 0..<2 {
        let image = try #require(frame.images)[k]
        let unwrapped = frame.positions[k] + Vector3(Double(image.x), Double(image.y), Double(image.z)) * cell
        let expected = (fractions[k] + Vector3(Double(counts[k].x), Double(counts[k].y), Double(counts[k].z))) * cell
        #expect((unwrapped - expected).length < 1e-12, "\(columns)")
      }
    }
    let general = "BOX BOUNDS abc origin pp pp pp\n0 8 0 -1\n-9 -2 0 2\n0 1 10 0.5"
    let turned = try frame(Self.text(box: general), "a.dump", species)
    #expect(turned.cell.vectors == Matrix3(elements: [0, 8, 0, -9, -2, 0, 0, 1, 10]))
    #expect(turned.positions[1] == Vector3(2, 0, 2.5))
  }

  @Test func unitsAndTimes() throws {
    let columns = "id type x y z vx vy vz fx fy fz", atoms = "1 1 1 2 3 1 2 3 1 2 4\n2 1 1 2 1 1 2 3 1 2 4\n"
    for (units, time, velocity, force) in [("metal", 500.0, 1e-3, 1.0), ("real", 0.5, 1, 0.0433641)] {
      let text = Self.text(top: "ITEM: UNITS\n\(units)\nITEM: TIME\n0.5\n", columns: columns, atoms: atoms)
      // The units are said once.
      let second = Self.text(top: "ITEM: TIME\n0.5\n", columns: columns, atoms: atoms)
      for frame in try frames(text + second, "a.dump", species) {
        #expect(frame.time == time)
        #expect(try #require(frame.velocities)[0] == Vector3(1 * velocity, 2 * velocity, 3 * velocity))
        #expect((try #require(frame.forces)[1] - force * Vector3(1, 2, 4)).length < 1e-6)
      }
    }
    let message = try failure(Self.text(top: "ITEM: UNITS\nlj\n"), "a.dump", species)
    #expect(message?.contains("'lj'") == true && message?.contains("a.dump:2") == true)
  }

  @Test func elementsFromTheFileOrTheCaller() throws {
    func symbols(_ columns: String, _ atoms: String, _ options: ReadOptions = ReadOptions()) throws -> [String] {
      try frame(Self.text(columns: columns, atoms: atoms), "a.dump", options).elements.map(\.symbol)
    }
    #expect(try symbols("id element x y z", "2 S 0 0 0\n1 Li 1 1 1\n") == ["Li", "S"])
    #expect(try symbols("id type element x y z", "2 1 S 0 0 0\n1 2 Li 1 1 1\n", species) == ["Li", "S"])
    // What LAMMPS writes that was told no names.
    #expect(try symbols("id type element x y z", "2 1 C 0 0 0\n1 2 C 1 1 1\n", species) == ["S", "Li"])
    #expect(try symbols("id mass x y z", "2 6.94 0 0 0\n1 32.06 1 1 1\n") == ["S", "Li"])
    #expect(try symbols("id x y z", "2 0 0 0\n1 1 1 1\n", species) == ["Li", "S"])
    #expect(try failure(Self.text(), "a.dump")?.contains("which elements") == true)
    #expect(try failure(Self.text(atoms: "1 3 0 0 0\n2 1 0 0 0\n"), "a.dump", species)?.contains("type 3") == true)
  }

  @Test func whatIsWrongIsSaid() throws {
    let nameless = Self.text(columns: "type x y z", atoms: "1 0 0 0\n1 1 1 1\n")
    for (text, words) in [
      (Self.text(atoms: "1 1 0 0 0\n"), "the file ends before the 2 atoms of frame 0"),
      (Self.text(atoms: "1 1 0 0 x\n2 1 0 0 0\n"), "'z'"), (Self.text(atoms: "1 1 0 0 0\n1 1 0 0 1\n"), "the id 1"),
      (Self.text(columns: "id type x y"), "all of x, y, z"), (Self.text(columns: "id type vx vy vz"), "no positions"),
      (Self.text(columns: "id type x x y z"), "two columns 'x'"), (Self.text(box: "BOX BOUNDS\n0 1\n0 0\n0 1"), "flat"),
      (Self.text(count: 1), "where an ITEM: should be"), (Self.text(count: -1), "the number of atoms"),
      (nameless + nameless, "no column id"),
    ] {
      let message = try failure(text, "a.dump", species)
      #expect(message?.contains(words) == true, "\(message ?? "read") for \(words)")
      #expect(message?.hasPrefix("a.dump:") == true)
    }
  }
}

@Suite struct XdatcarReaderTests {
  private static let header = "Li2S\n  2.0\n 2 0 0\n 0.5 3 0\n 0 0 4\n Li S\n 2 1\n"
  private static let atoms = "0.5 0 0\n0 0.5 0\n0.25 0.25 0.99\n"

  @Test func fixedAndChangingCells() throws {
    let fixed = Self.header + "Direct configuration=     1\n\(Self.atoms)Direct configuration=    12\n\(Self.atoms)"
    for name in ["XDATCAR", "plain"] {
      let read = try frames(fixed, name)
      #expect(read.map(\.step) == [1, 12] && read.allSatisfy { $0.elements.map(\.symbol) == ["Li", "Li", "S"] })
      #expect(read[1].positions == [Vector3(2, 0, 0), Vector3(0.5, 3, 0), Vector3(1.25, 1.5, 7.92)])
      #expect(read.allSatisfy { $0.time == nil && $0.cell.isFullyPeriodic })
    }
    let second = Self.header.replacing("2.0", with: "3.0") + "Direct configuration=     2\n\(Self.atoms)"
    let both = try frames(Self.header + "Direct configuration=1\n\(Self.atoms)" + second, "XDATCAR")
    #expect(both.map(\.cell.vectors[0].x) == [4, 6] && both.map(\.step) == [1, 2])
  }

  @Test func whatIsWrongIsSaid() throws {
    for (text, words) in [
      (Self.header + "Direct configuration= 1\n0 0 0\n", "the file ends before the 3 atoms"),
      (Self.header + "Direct configuration= 1\n0 0 0\n0 0\n1 1 1\n", "atom 2"),
      (Self.header + "Direct\n" + Self.atoms, "'Direct configuration='"),
      (Self.header.replacing(" Li S\n", with: "") + "Direct configuration= 1\n" + Self.atoms, "does not name its elements"),
      (Self.header.replacing(" 2 0 0", with: "0 0 0") + "Direct configuration= 1\n" + Self.atoms, "flat cell"),
    ] {
      let message = try failure(text, "XDATCAR")
      #expect(message?.contains(words) == true, "\(message ?? "read") for \(words)")
    }
    let directory = try TemporaryDirectory()
    #expect(throws: Failure.self) { try writeStructures([try Sample.full()], to: directory.file("XDATCAR")) }
    #expect(directory.names.isEmpty)
  }
}
