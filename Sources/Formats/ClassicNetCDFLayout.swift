/// Where everything stands in a file of NetCDF's classic format with 64-bit offsets (CDF-2), and its header's bytes.
///
/// The writer lays its files out itself instead of through the NetCDF library, for what that library cannot promise: a
/// record counts only once it is in the file as a whole, a file can be cut back to any record, the same input gives the
/// same bytes. Source: the NetCDF User's Guide, appendix B, "File Format Specifications: Classic and 64-bit Offset".
struct ClassicNetCDFLayout {
  enum ElementType: UInt32 {
    case character = 2
    case integer = 4
    case float = 5
    case double = 6

    /// Bytes.
    var size: Int {
      switch self {
      case .character: 1
      case .integer, .float: 4
      case .double: 8
      }
    }
  }

  struct Dimension {
    var name: String
    /// 0: the record dimension, which grows.
    var length: Int
  }

  struct Variable {
    var name: String
    var type: ElementType
    /// Indices into `dimensions`, slowest first.
    var dimensions: [Int]
    var attributes: [(name: String, text: String)] = []
  }

  /// The largest a variable (its part of one record) may be: its size has 32 bits in the header.
  static let largestVariable = Int(UInt32.max) - 3
  /// The record count has 32 bits, and all ones have a meaning of their own.
  static let largestRecordCount = Int(UInt32.max) - 1
  /// Where the record count stands (UInt32, big-endian).
  static let recordCountOffset = 4

  let dimensions: [Dimension]
  let attributes: [(name: String, text: String)]
  /// Fixed ones first, then those of the records, each in the order in which the file holds them.
  let variables: [Variable]

  private func isRecord(_ variable: Variable) -> Bool {
    variable.dimensions.first.map { dimensions[$0].length == 0 } ?? false
  }

  /// Bytes of a variable, or of its part of one record.
  func size(of variable: Variable) -> Int {
    let count = variable.dimensions.map { dimensions[$0].length }.filter { $0 > 0 }.reduce(1, *)
    return (count * variable.type.size + 3) & ~3
  }

  /// Bytes of one record.
  var recordSize: Int { variables.filter(isRecord).map(size).reduce(0, +) }

  /// Where the first record begins.
  var recordsOffset: Int { header.count + variables.filter { !isRecord($0) }.map(size).reduce(0, +) }

  /// The header of a file without records.
  var header: [UInt8] {
    // Offsets are of fixed width, so the header's length does not depend on them.
    let length = encodedHeader(start: 0).count
    return encodedHeader(start: length)
  }

  private func encodedHeader(start: Int) -> [UInt8] {
    var bytes: [UInt8] = Array("CDF".utf8) + [2]
    bytes += bigEndianBytes(UInt32(0))
    bytes += list(tag: 10, count: dimensions.count)
    for dimension in dimensions { bytes += name(dimension.name) + bigEndianBytes(UInt32(dimension.length)) }
    bytes += encoded(attributes)
    bytes += list(tag: 11, count: variables.count)
    var offset = start
    for variable in variables {
      bytes += name(variable.name) + bigEndianBytes(UInt32(variable.dimensions.count))
      bytes += variable.dimensions.flatMap { bigEndianBytes(UInt32($0)) }
      bytes += encoded(variable.attributes)
      bytes += bigEndianBytes(variable.type.rawValue) + bigEndianBytes(UInt32(size(of: variable)))
      bytes += bigEndianBytes(UInt64(offset))
      offset += size(of: variable)
    }
    return bytes
  }

  private func encoded(_ attributes: [(name: String, text: String)]) -> [UInt8] {
    var bytes = list(tag: 12, count: attributes.count)
    for attribute in attributes {
      bytes += name(attribute.name) + bigEndianBytes(ElementType.character.rawValue) + name(attribute.text)
    }
    return bytes
  }

  /// An absent list has a tag of 0.
  private func list(tag: UInt32, count: Int) -> [UInt8] {
    bigEndianBytes(count == 0 ? 0 : tag) + bigEndianBytes(UInt32(count))
  }

  /// A name or a text: its length, then its bytes padded with zeros to a multiple of 4.
  private func name(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    return bigEndianBytes(UInt32(bytes.count)) + bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
  }
}

func bigEndianBytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
