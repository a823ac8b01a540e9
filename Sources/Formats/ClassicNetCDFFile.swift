import Diagnostics

/// A file of NetCDF's classic formats (CDF-1, -2 and -5), open for reading.
///
/// Read here, not through the NetCDF library, which crashes on damaged headers and gives zeros where a file is cut
/// short. Source: the NetCDF User's Guide, appendix B, "File Format Specifications".
final class ClassicNetCDFFile {
  struct Dimension: Equatable {
    let name: String
    /// The number of records for the record dimension.
    let length: Int
  }

  enum Attribute {
    case text(String)
    case numbers([Double])
  }

  struct Variable {
    let name: String
    let type: ClassicNetCDFType
    let dimensions: [Dimension]
    let attributes: [String: Attribute]
    /// Where it begins in the file, or in the first record.
    let offset: Int
    let isRecord: Bool

    var isText: Bool { type == .character }
    /// Elements, or those of one record.
    var elementCount: Int { dimensions.dropFirst(isRecord ? 1 : 0).map(\.length).reduce(1, *) }
    /// Bytes, or those of one record.
    var size: Int { elementCount * type.size }
    var shape: [String] { dimensions.map(\.name) }
  }

  let path: String
  let dimensions: [Dimension]
  let attributes: [String: Attribute]
  let variables: [Variable]
  let file: InputFile
  /// Bytes from one record to the next.
  let recordSize: Int

  /// - Throws: `Failure.input` if the file is missing, of another format, damaged or cut short.
  convenience init(_ path: String) throws { try self.init(InputFile(path)) }

  /// - Throws: as `init(_: String)`.
  init(_ file: InputFile) throws {
    path = file.path
    self.file = file
    let header = try ClassicNetCDFHeader(file)
    (dimensions, attributes, variables) = (header.dimensions, header.attributes, header.variables)
    recordSize = header.recordSize
  }

  /// The length of a dimension, or nil where there is none of that name.
  func dimension(_ name: String) -> Int? { dimensions.first { $0.name == name }?.length }

  func variable(_ name: String) -> Variable? { variables.first { $0.name == name } }

  /// A text attribute of a variable (nil: of the file), or nil.
  func text(attribute: String, of variable: Variable? = nil) -> String? {
    guard case .text(let text) = (variable?.attributes ?? attributes)[attribute] else { return nil }
    return text
  }

  /// A number attribute of a variable, or nil.
  func number(attribute: String, of variable: Variable) -> Double? {
    guard case .numbers(let numbers) = variable.attributes[attribute], numbers.count == 1 else { return nil }
    return numbers[0]
  }

  /// All elements of a variable that has no record dimension, as doubles.
  func numbers(_ variable: Variable) throws -> [Double] {
    let bytes = try bytes(variable, record: 0, range: 0..<variable.elementCount)
    return bytes.withUnsafeBytes { variable.type.decode($0, count: variable.elementCount) }
  }

  /// Elements `range` (nil: all) of a variable at one index of its first dimension, whether that one grows or not.
  func numbers(_ variable: Variable, frame: Int, range: Range<Int>? = nil) throws -> [Double] {
    let count = variable.dimensions.dropFirst().map(\.length).reduce(1, *)
    let range = range ?? 0..<count
    let first = (variable.isRecord ? 0 : frame * count) + range.lowerBound
    let bytes = try bytes(variable, record: variable.isRecord ? frame : 0, range: first..<first + range.count)
    return bytes.withUnsafeBytes { variable.type.decode($0, count: range.count) }
  }

  /// All characters of a variable that has no record dimension.
  func characters(_ variable: Variable) throws -> [UInt8] {
    try bytes(variable, record: 0, range: 0..<variable.elementCount)
  }

  /// The header has been checked: a variable's elements lie in the file, and so does their product.
  private func bytes(_ variable: Variable, record: Int, range: Range<Int>) throws -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= variable.elementCount && record >= 0)
    let start = variable.offset + (variable.isRecord ? record * recordSize : 0) + range.lowerBound * variable.type.size
    try file.seek(to: start)
    guard let bytes = try file.read(range.count * variable.type.size) else {
      throw Failure.input("the file was cut short while it was read", at: Place(file: path))
    }
    return bytes
  }
}

/// The number types of NetCDF's classic formats; 7 and above are CDF-5's.
enum ClassicNetCDFType: UInt32 {
  case byte = 1
  case character = 2
  case short = 3
  case integer = 4
  case float = 5
  case double = 6
  case unsignedByte = 7
  case unsignedShort = 8
  case unsignedInteger = 9
  case long = 10
  case unsignedLong = 11

  /// Bytes.
  var size: Int {
    switch self {
    case .byte, .character, .unsignedByte: 1
    case .short, .unsignedShort: 2
    case .integer, .unsignedInteger, .float: 4
    case .double, .long, .unsignedLong: 8
    }
  }

  /// `count` big-endian numbers as doubles.
  func decode(_ bytes: UnsafeRawBufferPointer, count: Int) -> [Double] {
    func load<T: FixedWidthInteger & BitwiseCopyable>(_ i: Int, _: T.Type) -> T {
      T(bigEndian: bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<T>.size, as: T.self))
    }
    let all = 0..<count
    switch self {
    case .byte: return all.map { Double(load($0, Int8.self)) }
    case .character, .unsignedByte: return all.map { Double(bytes[$0]) }
    case .short: return all.map { Double(load($0, Int16.self)) }
    case .unsignedShort: return all.map { Double(load($0, UInt16.self)) }
    case .integer: return all.map { Double(load($0, Int32.self)) }
    case .unsignedInteger: return all.map { Double(load($0, UInt32.self)) }
    case .float: return all.map { Double(Float(bitPattern: load($0, UInt32.self))) }
    case .double: return all.map { Double(bitPattern: load($0, UInt64.self)) }
    case .long: return all.map { Double(load($0, Int64.self)) }
    case .unsignedLong: return all.map { Double(load($0, UInt64.self)) }
    }
  }
}
