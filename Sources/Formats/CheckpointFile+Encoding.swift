import Diagnostics
import Glibc

#if _endian(big)
  #error("checkpoints hold the memory image of little-endian numbers")
#endif

extension CheckpointFile {
  static let magic: [UInt8] = [0x89, 0x53, 0x57, 0x4D, 0x44, 0x0D, 0x0A, 0x1A]  // \x89 S W M D \r \n \x1a
  static let version: UInt32 = 1
  static let headerLength = 24
  static let checksumLength = 8

  static func padded(_ count: Int) -> Int { (count + 7) & ~7 }

  /// Writes the file beside `path`, brings it to the disk and moves it into place; the arrays are not copied.
  ///
  /// - Throws: `Failure` that names the file; what was at `path` is then still there.
  public func write(to path: String) throws {
    try AtomicFile.replace(path) { file in
      var checksum = Checksum64()
      func put(_ bytes: UnsafeRawBufferPointer) throws {
        checksum.update(bytes)
        try file.write(bytes)
        let padding = Self.padded(bytes.count) - bytes.count
        guard padding > 0 else { return }
        let zeros = [UInt8](repeating: 0, count: padding)
        zeros.withUnsafeBytes { checksum.update($0) }
        try file.write(zeros)
      }
      try encodedHead.withUnsafeBytes(put)
      for section in sections { try section.values.withBytes(put) }
      try withUnsafeBytes(of: checksum.value) { try file.write($0) }
    }
  }

  /// Header and table.
  private var encodedHead: [UInt8] {
    var table: [UInt8] = []
    var dataLength = 0
    for section in sections {
      let name = Array(section.name.utf8)
      let (code, count, stride) = section.values.shape
      table += littleEndianBytes(code) + littleEndianBytes(UInt32(name.count)) + littleEndianBytes(UInt64(count))
      table += name + [UInt8](repeating: 0, count: Self.padded(name.count) - name.count)
      dataLength += Self.padded(count * stride)
    }
    let length = Self.headerLength + table.count + dataLength + Self.checksumLength
    return Self.magic + littleEndianBytes(Self.version) + littleEndianBytes(UInt32(sections.count))
      + littleEndianBytes(UInt64(length)) + table
  }
}

extension CheckpointFile.Values {
  /// The type's code in the table, the number of elements and the bytes of each.
  var shape: (code: UInt32, count: Int, stride: Int) {
    switch self {
    case .reals(let values): (1, values.count, 8)
    case .integers(let values): (2, values.count, 8)
    case .shortIntegers(let values): (3, values.count, 4)
    case .bytes(let values): (4, values.count, 1)
    case .text(let text): (5, text.utf8.count, 1)
    }
  }

  /// Bytes of each element of the type `code`; nil for an unknown type.
  static func stride(ofCode code: UInt32) -> Int? {
    switch code {
    case 1, 2: 8
    case 3: 4
    case 4, 5: 1
    default: nil
    }
  }

  fileprivate func withBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    switch self {
    case .reals(let values): try values.withUnsafeBytes(body)
    case .integers(let values): try values.withUnsafeBytes(body)
    case .shortIntegers(let values): try values.withUnsafeBytes(body)
    case .bytes(let values): try values.withUnsafeBytes(body)
    case .text(var text): try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    }
  }
}

func littleEndianBytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
