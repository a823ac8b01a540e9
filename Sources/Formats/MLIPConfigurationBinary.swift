import Atomistics
import Diagnostics
import Numerics

/// Reads one configuration of MLIP-3's binary variant: tagged blocks of little-endian numbers, from 'n' to '#'.
struct MLIPBinaryReader {
  private let source: ByteReader
  private let number: Int

  init(_ source: ByteReader, frame number: Int) {
    self.source = source
    self.number = number
  }

  /// Whether a binary configuration starts here: 'n', a count, and the tag of a cell or of positions.
  static func isBinary(_ preview: ByteSpan) -> Bool {
    let bytes = preview.buffer
    return bytes.count > 5 && bytes[0] == UInt8(ascii: "n")
      && (bytes[5] == UInt8(ascii: "l") || bytes[5] == UInt8(ascii: "p"))
  }

  func read() throws -> MLIPConfigurationFrame {
    var frame = MLIPConfigurationFrame()
    while true {
      let tag = try bytes(1, "a tag").buffer[0]
      if tag == UInt8(ascii: "n") {
        frame.count = try integer("the number of atoms", atMost: source.bytesLeft)
        continue
      }
      if tag == UInt8(ascii: "#") {
        guard frame.count == frame.positions.count else { throw failure("has no positions") }
        return frame
      }
      guard let count = frame.count else { throw failure("does not start with the number of atoms") }
      try readBlock(tag, count, into: &frame)
    }
  }

  private func readBlock(_ tag: UInt8, _ count: Int, into frame: inout MLIPConfigurationFrame) throws {
    switch Unicode.Scalar(tag) {
    case "l": frame.rows = try vectors(3, "the cell")
    case "p": frame.positions = try vectors(count, "positions")
    case "t": frame.types = try types(count)
    case "f": frame.forces = try vectors(count, "forces")
    case "m": frame.columns.append(try column("magmom", width: 3, count))
    case "d": frame.columns.append(try column("en_der_m", width: 3, count))
    case "v": frame.energies = try reals(count, "site energies")
    case "c": frame.charges = try reals(count, "charges")
    case "g":
      let flags = try bytes(count, "ghosts").buffer.map { $0 == UInt8(ascii: "1") }
      frame.columns.append(AtomColumn(name: "ghost", width: 1, values: .logical(flags)))
    case "s":
      // xx yy zz xy yz xz: not the order of the text format.
      let s = try reals(6, "the stress")
      frame.virial = Matrix3(elements: [s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2]])
    case "e": frame.energy = try reals(1, "the energy")[0]
    case "F":
      let key = try text("a feature")
      let value = try text("a feature")
      frame.addFeature(key, value)
    default: throw failure("has an unknown block, tag \(tag)")
    }
  }

  private func failure(_ message: String) -> Failure {
    .input(
      "configuration \(number) (binary) \(message)", at: Place(file: source.path),
      remedy: "the file is damaged: write it anew")
  }

  private func bytes(_ count: Int, _ subject: String) throws -> ByteSpan {
    guard let bytes = try source.nextBytes(count) else { throw failure("is cut off in \(subject)") }
    return bytes
  }

  private func integer(_ subject: String, atMost limit: Int) throws -> Int {
    let raw = try bytes(4, subject)
    let value = Int(UnsafeRawPointer(raw.start).loadUnaligned(as: Int32.self).littleEndianValue)
    guard value >= 0, value <= limit else { throw failure("has \(value) for \(subject)") }
    return value
  }

  private func text(_ subject: String) throws -> String {
    try bytes(try integer(subject, atMost: source.bytesLeft), subject).string
  }

  private func types(_ count: Int) throws -> [Int] {
    let raw = UnsafeRawPointer(try bytes(4 * count, "types").start)
    return (0..<count).map { Int(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self).littleEndianValue) }
  }

  private func reals(_ count: Int, _ subject: String) throws -> [Double] {
    let raw = UnsafeRawPointer(try bytes(8 * count, subject).start)
    let values = (0..<count).map {
      Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
    }
    guard values.allSatisfy(\.isFinite) else { throw failure("has a value that is not finite in \(subject)") }
    return values
  }

  private func vectors(_ count: Int, _ subject: String) throws -> [Vector3] {
    let flat = try reals(3 * count, subject)
    return (0..<count).map { Vector3(flat[3 * $0], flat[3 * $0 + 1], flat[3 * $0 + 2]) }
  }

  private func column(_ name: String, width: Int, _ count: Int) throws -> AtomColumn {
    AtomColumn(name: name, width: width, values: .real(try reals(width * count, name)))
  }
}

extension Int32 {
  fileprivate var littleEndianValue: Int32 { Int32(littleEndian: self) }
}
