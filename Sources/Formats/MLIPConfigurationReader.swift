import Atomistics
import Diagnostics
import Numerics

/// Reads MLIP's configurations (`.cfg`), text and binary, frame by frame.
///
/// Types are numbers from 0: the caller names their elements, or a `Feature species` that swmd writes. `PlusStress:` is
/// the virial (eV), `Stress:` its negative, and `Virial:` is divided by the volume, as MLIP-3 does. Features become
/// properties. Source: MLIP-3's `configuration.cpp`.
final class MLIPConfigurationReader: SeekableParser {
  let source: ByteReader
  private let species: [Element]?
  private var frameNumber = 0

  init(_ source: ByteReader, species: [Element]?) {
    self.source = source
    self.species = species
  }

  func next() throws -> Configuration? {
    // Between configurations there may be blank lines; a binary one starts at once.
    while let byte = try source.peekByte(), ByteSpan.isBlank(byte) { _ = try source.nextLine() }
    guard try source.peekByte() != nil else { return nil }
    frameNumber += 1
    let isBinary = MLIPBinaryReader.isBinary(try source.preview(6))
    let frame = isBinary ? try MLIPBinaryReader(source, frame: frameNumber).read() : try readText()
    return try frame.configuration(species: species, frame: frameNumber, at: source.place)
  }

  func skip() throws -> FrameFacts? {
    while let byte = try source.peekByte(), ByteSpan.isBlank(byte) { _ = try source.nextLine() }
    guard try source.peekByte() != nil else { return nil }
    frameNumber += 1
    if MLIPBinaryReader.isBinary(try source.preview(6)) {
      _ = try MLIPBinaryReader(source, frame: frameNumber).read()
      return FrameFacts()
    }
    guard let first = try source.nextLine(), first.trimmed.equals("BEGIN_CFG") else { throw noBeginning }
    while !(try filledLine().trimmed.equals("END_CFG")) {}
    return FrameFacts()
  }

  func seek(to mark: FrameMark, frame index: Int) throws {
    try source.seek(to: mark.start)
    frameNumber = index
  }

  private var noBeginning: Failure {
    .input("expected BEGIN_CFG", at: source.place, remedy: "check that this is a file of MLIP configurations")
  }

  private func readText() throws -> MLIPConfigurationFrame {
    guard let line = try source.nextLine(), line.trimmed.equals("BEGIN_CFG") else { throw noBeginning }
    var frame = MLIPConfigurationFrame()
    while true {
      let line = try filledLine()
      var rest = line
      guard let keyword = rest.nextWord()?.excerpt else { continue }
      switch keyword {
      case "END_CFG":
        guard frame.positions.count == frame.count else {
          throw failure("has no AtomData", "complete the configuration")
        }
        return frame
      case "Size": frame.count = try readSize()
      case "Supercell", "SuperCell": frame.rows = try readCell()
      case "AtomData:", "Atomic_data:":
        try MLIPAtomTable(rest.wordStrings, number: frameNumber, source.place).read(source, &frame)
      case "Energy": frame.energy = try readNumbers(1, keyword)[0]
      case "PlusStress:", "Stress:", "Virial:": try readStress(keyword, rest.wordStrings, into: &frame)
      case "Feature": readFeature(rest, into: &frame)
      case "Features:": try readFeatureBlock(rest.wordStrings, into: &frame)
      default: throw unknownField(keyword)
      }
    }
  }

  private func failure(_ message: String, _ remedy: String) -> Failure {
    .input("configuration \(frameNumber) \(message)", at: source.place, remedy: remedy)
  }

  private func filledLine() throws -> ByteSpan {
    guard let line = try source.nextFilledLine() else {
      throw failure("has no END_CFG", "the file is cut off: remove its last configuration")
    }
    return line
  }

  private func unknownField(_ name: String) -> Failure {
    let known = ["Size", "Supercell", "AtomData:", "Energy", "PlusStress:", "Feature", "END_CFG"]
    let hint = nearestName(to: name, among: known).map { "did you mean \($0)? " } ?? ""
    return failure("has the unknown field '\(name)'", "\(hint)the fields are \(known.joined(separator: ", "))")
  }

  private func readSize() throws -> Int {
    let line = try filledLine().trimmed
    guard let size = parseInteger(line), size >= 0 else {
      throw failure("has the Size '\(line.excerpt)'", "give the number of atoms")
    }
    return size
  }

  /// Zero to three rows of three numbers: the block ends where something else starts.
  private func readCell() throws -> [Vector3] {
    var rows: [Vector3] = []
    while rows.count < 3 {
      let line = try filledLine()
      guard let first = line.trimmed.first, !isLetter(first) else {
        source.unreadLine()
        return rows
      }
      var rest = line
      guard let row = parseVector(&rest) else {
        throw failure("has the cell vector '\(line.trimmed.excerpt)'", "give three finite numbers")
      }
      rows.append(row)
    }
    return rows
  }

  private func readNumbers(_ count: Int, _ field: String) throws -> [Double] {
    let line = try filledLine()
    let values = line.words.compactMap { parseDouble($0) }
    guard values.count == count, line.words.count == count, values.allSatisfy(\.isFinite) else {
      throw failure("has '\(line.trimmed.excerpt)' for \(field)", "give \(count) finite number\(count == 1 ? "" : "s")")
    }
    return values
  }

  /// Components in the order that the field's line announces.
  private func readStress(_ field: String, _ names: [String], into frame: inout MLIPConfigurationFrame) throws {
    guard Set(names) == ["xx", "yy", "zz", "yz", "xz", "xy"], names.count == 6 else {
      throw failure("announces the components \(names.prefix(8)) for \(field)", "name xx yy zz yz xz xy, in any order")
    }
    let values = try readNumbers(6, field)
    let sign: Double = field == "Stress:" ? -1 : 1
    var tensor = Matrix3.zero
    for (name, value) in zip(names, values) {
      let axes = name.utf8.map { Int($0) - 0x78 }
      tensor[axes[0], axes[1]] = sign * value
      tensor[axes[1], axes[0]] = sign * value
    }
    frame.virial = tensor
    frame.isVirialDensity = field == "Virial:"
  }

  /// Key, one separator, and the rest of the line.
  private func readFeature(_ rest: ByteSpan, into frame: inout MLIPConfigurationFrame) {
    var rest = rest
    guard let key = rest.nextWord()?.string else { return }
    let value = rest.isEmpty ? rest : ByteSpan(start: rest.start + 1, end: rest.end)
    frame.addFeature(MLIPFeatureKey.unescaped(key), value.string)
  }

  private func readFeatureBlock(_ keys: [String], into frame: inout MLIPConfigurationFrame) throws {
    let values = try filledLine().wordStrings
    guard keys.count == values.count else {
      throw failure("has \(keys.count) Features but \(values.count) values", "give one value for each")
    }
    for (key, value) in zip(keys, values) { frame.addFeature(MLIPFeatureKey.unescaped(key), value) }
  }
}

/// Keys of features cannot hold blanks: `\_` stands for one.
enum MLIPFeatureKey {
  static func unescaped(_ key: String) -> String {
    var result = ""
    var isEscaped = false
    for character in key {
      if isEscaped {
        result += ["_": " ", "t": "\t", "n": "\n", "r": "\r"][character] ?? "\\\(character)"
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return isEscaped ? result + "\\" : result
  }

  static func escaped(_ key: String) -> String {
    key.map { [" ": "\\_", "\t": "\\t", "\n": "\\n", "\r": "\\r"][$0] ?? String($0) }.joined()
  }
}
