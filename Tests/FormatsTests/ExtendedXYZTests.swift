import Atomistics
import Formats
import Numerics
import Testing

@Suite struct ExtendedXYZTests {
  @Test func everythingComesBackToTheLastBit() throws {
    var frame = try Sample.full()
    frame.step = 12
    frame.time = 6.5
    frame.columns = [
      AtomColumn(name: "tags", width: 1, values: .integer([1, -2, 3, 4, 5, 6, Int.max])),
      AtomColumn(name: "fixed", width: 3, values: .logical((0..<21).map { $0 % 2 == 0 })),
      AtomColumn(name: "label", width: 1, values: .string((0..<7).map { "s\($0)\"'" })),
      AtomColumn(name: "wide", width: 2, values: .real((0..<14).map { Double($0) * 0.1 / 3e200 })),
    ]
    frame.properties = [
      ("s", .string("say \"hi\" \\ there")), ("plain", .string("word")), ("like_number", .string("1.5")),
      ("like_flag", .string("T")), ("lines", .string("a\nb\tc")), ("empty", .string("")),
      ("bracket", .string("[1, 2]")),
      ("real", .real(0.1 + 0.2)), ("least", .real(5e-324)), ("most", .real(-.greatestFiniteMagnitude)),
      ("zero", .real(-0.0)), ("integer", .integer(.min)), ("flag", .logical(false)),
      ("reals", .reals([1, 2.5, 1e300], shape: [3])), ("single", .reals([1], shape: [1])),
      ("matrix", .integers([1, 2, 3, 4, 5, 6], shape: [2, 3])), ("flags", .logicals([true, false], shape: [2])),
      ("names", .strings(["a b", "c\"", ""])), ("object", .string("_JSON {\"x\": [1, 2]}")), ("a key", .integer(1)),
    ]
    let bytes = ExtendedXYZ.encode(frame)
    let back = try #require(try frames(bytes, "a.xyz").first)
    expectIdentical(frame, back)
    #expect(back.step == 12 && back.time == 6.5)
    #expect(back.columns == frame.columns)
    #expect(back.properties.map(\.key) == frame.properties.map(\.key))
    #expect(back.properties.map(\.value) == frame.properties.map(\.value))
    #expect(ExtendedXYZ.encode(back) == bytes)
  }

  @Test func doublesAreRoundedAsTheCLibraryDoes() throws {
    var random = SplitMix64(state: 5)
    var words: [String] = []
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      if value.isFinite { words.append(value.description) }
      // More digits than a double holds, with and without exponents and points.
      let digits = String(random.next()) + String(random.next())
      let point = Int.random(in: 0...digits.count, using: &random)
      let exponent = Int.random(in: -330...300, using: &random)
      words.append("-\(digits.prefix(point)).\(digits.dropFirst(point))E\(exponent)")
      words.append("+\(random.next() % 100_000_000)e\(exponent % 30)")
    }
    // Halves between two doubles, and the borders of the range.
    words += [
      "9007199254740993", "9007199254740993.0000000000000001", "2.2250738585072011e-308", "4.9e-324", "2e-324", "1e400",
      ".5", "5.",
    ]
    let rows = words.map { "H 0 0 0 \($0)\n" }.joined()
    let frame = try frame("\(words.count)\nProperties=species:S:1:pos:R:3:x:R:1\n\(rows)", "a.xyz")
    guard case .real(let values)? = frame.columns.first?.values else { throw CancellationError() }
    for (word, value) in zip(words, values) {
      let expected = try #require(Double(word.hasPrefix("+") ? String(word.dropFirst()) : word) ?? Double("0" + word))
      #expect(value.bitPattern == expected.bitPattern, "\(word)")
    }
  }

  @Test func aseFramesAreRead() throws {
    let all = try frames(try Sample.bytes("li-s-two-frames.extxyz"), "x.extxyz")
    #expect(all.count == 2)
    let frame = try #require(all.first)
    #expect(frame.count == 17 && frame.cell.isFullyPeriodic && frame.cell.vectors[2, 2] == 19.345758163850558)
    #expect(frame.elements[0].symbol == "S" && frame.positions[1].x == 2.00618525)
    let virial = try #require(frame.virial)
    let stress = try #require(frame.stress)
    #expect(abs(virial[0, 0] + frame.cell.volume * stress[0, 0]) < 1e-12)
    #expect(frame.velocities != nil && frame.forces != nil && frame.energy == -48.70073357738298)
  }

  @Test func momentaBecomeVelocities() throws {
    let text = "1\nProperties=species:S:1:pos:R:3:momenta:R:3:masses:R:1\nH 0 0 0 2 0 -4 2.0\n"
    let velocity = try #require(try frame(text, "a.xyz").velocities?.first)
    // One ASE unit of velocity, sqrt(eV/amu), is 0.0982269475 Å/fs.
    #expect(abs(velocity.x - 0.0982269475) < 1e-9 && abs(velocity.z + 2 * 0.0982269475) < 1e-9)
    let back = try #require(try frames(ExtendedXYZ.encode(frame(text, "a.xyz"), velocities: .momenta), "a.xyz").first)
    let again = try #require(back.velocities?.first)
    #expect((again - velocity).length < 1e-16)
  }

  @Test(arguments: [
    ("velocities:R:3", "", 1.0), ("velo:R:3", "velocity_units=angstrom/ps", 1e-3),
    ("vel:R:3", "velocity_units=m/s", 1e-5),
  ])
  func velocityColumnsAndUnits(column: String, key: String, scale: Double) throws {
    let frame = try frame("1\nProperties=species:S:1:pos:R:3:\(column) \(key)\nH 0 0 0 1 2 3\n", "a.xyz")
    #expect(frame.velocities == [scale * Vector3(1, 2, 3)])
    #expect(frame.properties.isEmpty)
  }

  @Test func dialects() throws {
    let header =
      "Lattice=[[1,0,0],[0,2,0],[0.5,0,3]] pbc=[T, F, 1] old=\"1 2 3\" new=[1, 2.5] nested=[[1,2],[3,4]] bare quoted='a b' {braced key}=7"
    let text = header.replacing("pbc=[T, F, 1]", with: "pbc=[T, F, T]")
    let frame = try frame("1\r\n\(text) Properties=species:S:1:pos:R:3\r\nLI 0 0 0\r\n", "a.xyz")
    #expect(frame.cell.vectors == Matrix3(elements: [1, 0, 0, 0, 2, 0, 0.5, 0, 3]))
    #expect(frame.cell.periodic == Periodicity(true, false, true))
    #expect(frame.elements[0].symbol == "Li")
    let expected: [(String, PropertyValue)] = [
      ("old", .integers([1, 2, 3], shape: [3])), ("new", .reals([1, 2.5], shape: [2])),
      ("nested", .integers([1, 2, 3, 4], shape: [2, 2])), ("bare", .logical(true)), ("quoted", .string("a b")),
      ("braced key", .integer(7)),
    ]
    #expect(frame.properties.map(\.key) == expected.map(\.0))
    #expect(frame.properties.map(\.value) == expected.map(\.1))
    #expect(try failure("1\n\(header)\nH 0 0 0\n", "a.xyz")?.contains("pbc") == true)
  }

  @Test func plainXYZ() throws {
    let frame = try frame("2\nwater, \"half of it\n8 0 0 0\nH 1.5 -2e-3 .25 extra\n\n", "a.xyz")
    #expect(frame.elements.map(\.symbol) == ["O", "H"] && frame.positions[1] == Vector3(1.5, -0.002, 0.25))
    #expect(frame.cell == .none)
    #expect(frame.properties.map(\.value) == [.string("water, \"half of it")])
  }

  @Test func stressInAllShapes() throws {
    let lattice = "Lattice=\"2 0 0 0 2 0 0 0 2\" Properties=species:S:1:pos:R:3"
    let tensor = Matrix3(elements: [1, 6, 5, 6, 2, 4, 5, 4, 3])
    for stress in ["\"1 6 5 6 2 4 5 4 3\"", "\"1 2 3 4 5 6\"", "[[1,6,5],[6,2,4],[5,4,3]]"] {
      #expect(try frame("1\n\(lattice) stress=\(stress)\nH 0 0 0\n", "a.xyz").virial == -8 * tensor)
    }
    let both = try frame("1\n\(lattice) stress=\"1 1 1 0 0 0\" virial=\"1 2 3 4 5 6 7 8 9\"\nH 0 0 0\n", "a.xyz")
    #expect(both.virial == Matrix3(elements: [1, 4, 7, 2, 5, 8, 3, 6, 9]) && both.properties.isEmpty)
  }

  @Test(arguments: [
    ("x\n", "a.xyz:1: frame 1 starts with 'x'"), ("2\n\nH 0 0 0\n", "frame 1 has 1 atoms, but says 2"),
    ("9223372036854775807\n\nH 0 0 0\n", "frame 1 has 1 atoms"), ("99999999999999999999\n", "not the number of atoms"),
    ("1\n\nH 0 x1.2 0\n", "a.xyz:3: frame 1, atom 1: column 'pos' has 'x1.2', not a finite number"),
    ("1\n\nH 0 nan 0\n", "not a finite number"), ("1\n\nH 0 0x1p3 0\n", "not a finite number"),
    ("1\n\nQq 0 0 0\n", "'Qq' is not a chemical element"), ("1\n\nLl 0 0 0\n", "did you mean"),
    ("1\n\nH 0 0\n", "no value for column 'pos'"), ("1\nProperties=species:S:1:pos:R\nH 0 0 0\n", "name:type:width"),
    ("1\nProperties=species:S:1:pos:R:99999999999\nH 0 0 0\n", "width"),
    ("1\nProperties=species:S:1:pos:R:3:id:I:1:id:I:1\nH 0 0 0 1 1\n", "twice"),
    ("2\nProperties=species:S:1:pos:R:3:id:I:1\nH 0 0 0 4\nH 1 0 0 4\n", "two atoms with the id 4"),
    ("1\nProperties=species:S:1:pos:R:3\nH 0 0 0 1\n", "5 values, but Properties announces 4"),
    ("1\nLattice=\"1 2 3\"\nH 0 0 0\n", "not nine numbers"), ("1\npbc=\"T T T\"\nH 0 0 0\n", "no Lattice"),
    ("1\nProperties=species:S:1:pos:R:3:masses:R:1\nH 0 0 0 -1\n", "mass -1.0"),
    ("1\n\nH 0 0 0\n3\n\nH 0 0 0\n", "frame 2 has 1 atoms"), ("1\nProperties=pos:R:3\n0 0 0\n", "names no elements"),
    ("1\nProperties=species:S:1:pos:R:3:vel:R:3 velocity_units=furlong\nH 0 0 0 1 1 1\n", "velocity_units"),
  ])
  func badInput(text: String, expected: String) throws {
    let message = try failure(text, "a.xyz")
    #expect(message?.contains(expected) == true, "\(message ?? "no failure")")
  }
}
