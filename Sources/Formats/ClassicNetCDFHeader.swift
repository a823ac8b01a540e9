import Diagnostics

/// Parses a header of NetCDF's classic formats and checks that all which it describes lies in the file.
///
/// No count is believed before the bytes that it counts have been seen.
struct ClassicNetCDFHeader {
  private(set) var dimensions: [ClassicNetCDFFile.Dimension] = []
  private(set) var attributes: [String: ClassicNetCDFFile.Attribute] = [:]
  private(set) var variables: [ClassicNetCDFFile.Variable] = []
  /// Bytes from one record to the next.
  private(set) var recordSize = 0

  private let file: InputFile
  /// 1, 2 or 5.
  private var version: UInt8 = 0
  /// nil: a file that is being streamed to and does not know.
  private var recordCount: Int?
  private var recordDimension: Int?

  init(_ file: InputFile) throws {
    self.file = file
    try readMagic()
    recordCount = try readCount(allOnesMean: nil)
    let lengths = try readDimensions()
    attributes = try readAttributes()
    let entries = try readList(tag: 11) { try readVariable(lengths) }
    try place(entries, lengths)
  }

  private func damaged(_ how: String) -> Failure {
    Failure.input(
      "the NetCDF file is damaged or cut short: \(how)", at: Place(file: file.path), remedy: "copy it again")
  }

  private mutating func readMagic() throws {
    let magic = try file.read(4) ?? []
    if magic == [0x89, 0x48, 0x44, 0x46] {
      throw Failure.input(
        "this is a NetCDF-4 (HDF5) file, and AMBER's convention has the classic format", at: Place(file: file.path),
        remedy: "convert it with nccopy -k cdf5")
    }
    guard magic.prefix(3) == [0x43, 0x44, 0x46], [1, 2, 5].contains(magic[3]) else {
      throw Failure.input("this is not a NetCDF file", at: Place(file: file.path), remedy: "check the path")
    }
    version = magic[3]
  }

  private func readInteger<T: FixedWidthInteger>(_: T.Type) throws -> T {
    guard let bytes = try file.read(MemoryLayout<T>.size) else { throw damaged("its header ends too early") }
    return bytes.withUnsafeBytes { T(bigEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// A count or length: 32 bits, or 64 in CDF-5. All ones: `allOnesMean`.
  private func readCount(allOnesMean special: Int?) throws -> Int? {
    if version == 5 {
      let value = try readInteger(UInt64.self)
      return value == .max ? special : try checked(value)
    }
    let value = try readInteger(UInt32.self)
    return value == .max ? special : Int(value)
  }

  private func readLength() throws -> Int { try readCount(allOnesMean: Int(UInt32.max)) ?? 0 }

  private func checked(_ value: UInt64) throws -> Int {
    guard let value = Int(exactly: value), value < 1 << 56 else { throw damaged("its header has an impossible number") }
    return value
  }

  /// The bytes of a name or of attribute values, which are padded to 4.
  private func readPadded(_ count: Int) throws -> [UInt8] {
    guard count <= file.remaining, let bytes = try file.read(count), try file.read(-count & 3) != nil else {
      throw damaged("its header ends too early")
    }
    return bytes
  }

  private func readName() throws -> String { String(decoding: try readPadded(try readLength()), as: UTF8.self) }

  /// A list: absent (0, 0), or its tag, the number of elements and the elements.
  private func readList<T>(tag: UInt32, _ readElement: () throws -> T) throws -> [T] {
    let found = try readInteger(UInt32.self)
    let count = try readLength()
    guard found == tag || (found == 0 && count == 0) else { throw damaged("its header has an unknown list") }
    // An element takes four bytes at least.
    guard count <= file.remaining / 4 else { throw damaged("its header counts more than the file holds") }
    var elements: [T] = []
    for _ in 0..<count { elements.append(try readElement()) }
    return elements
  }

  /// Lengths, 0 for the record dimension; `dimensions` follows once the number of records is known.
  private mutating func readDimensions() throws -> [(name: String, length: Int)] {
    let lengths = try readList(tag: 10) { (name: try readName(), length: try readLength()) }
    let records = lengths.indices.filter { lengths[$0].length == 0 }
    guard records.count <= 1 else { throw damaged("it has two record dimensions") }
    // Same name, same length: readers rely on it.
    guard Set(lengths.map(\.name)).count == lengths.count else { throw damaged("two dimensions have the same name") }
    recordDimension = records.first
    return lengths
  }

  private func readAttributes() throws -> [String: ClassicNetCDFFile.Attribute] {
    let pairs = try readList(tag: 12) {
      let name = try readName()
      let type = try readType()
      let count = try readLength()
      guard count <= file.remaining / type.size else { throw damaged("an attribute is longer than the file") }
      let bytes = try readPadded(count * type.size)
      if type == .character { return (name, ClassicNetCDFFile.Attribute.text(Self.text(bytes))) }
      return (name, .numbers(bytes.withUnsafeBytes { type.decode($0, count: count) }))
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }

  /// Some programs count a closing zero.
  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

  private func readType() throws -> ClassicNetCDFType {
    guard let type = ClassicNetCDFType(rawValue: try readInteger(UInt32.self)) else {
      throw damaged("its header has an unknown type")
    }
    return type
  }

  private struct Entry {
    var name: String
    var dimensions: [Int]
    var attributes: [String: ClassicNetCDFFile.Attribute]
    var type: ClassicNetCDFType
    var offset: Int
    /// Bytes, or those of one record, without padding.
    var size: Int
  }

  private func readVariable(_ lengths: [(name: String, length: Int)]) throws -> Entry {
    let name = try readName()
    let rank = try readLength()
    guard rank <= file.remaining / 4 else { throw damaged("variable \"\(name)\" has too many dimensions") }
    let dimensions = try (0..<rank).map { place in
      let dimension = try readLength()
      guard lengths.indices.contains(dimension), place == 0 || dimension != recordDimension else {
        throw damaged("variable \"\(name)\" has an impossible dimension")
      }
      return dimension
    }
    let attributes = try readAttributes()
    let type = try readType()
    // The size in the header is redundant, and wrong where it does not fit 32 bits.
    _ = try readLength()
    let offset = version == 1 ? Int(try readInteger(UInt32.self)) : try checked(try readInteger(UInt64.self))
    let size = try dimensions.filter { $0 != recordDimension }.reduce(type.size) { size, dimension in
      let (product, overflow) = size.multipliedReportingOverflow(by: lengths[dimension].length)
      guard !overflow, product <= file.length else { throw damaged("variable \"\(name)\" does not fit") }
      return product
    }
    return Entry(name: name, dimensions: dimensions, attributes: attributes, type: type, offset: offset, size: size)
  }

  /// Fills `dimensions` and `variables`, and checks that each variable ends within the file.
  private mutating func place(_ entries: [Entry], _ lengths: [(name: String, length: Int)]) throws {
    let recordEntries = entries.filter { $0.dimensions.first.map { $0 == recordDimension } ?? false }
    // A record variable that is alone is not padded.
    recordSize = recordEntries.reduce(0) { $0 &+ (recordEntries.count == 1 ? $1.size : ($1.size + 3) & ~3) }
    let count = try resolvedRecordCount(recordEntries)
    dimensions = lengths.enumerated().map { .init(name: $1.name, length: $0 == recordDimension ? count : $1.length) }
    for entry in entries {
      let isRecord = entry.dimensions.first.map { $0 == recordDimension } ?? false
      let last = (isRecord ? count - 1 : 0).multipliedReportingOverflow(by: recordSize)
      let isEmpty = isRecord && count == 0
      guard !last.overflow, isEmpty || last.partialValue <= file.length - entry.size - entry.offset else {
        throw damaged("variable \"\(entry.name)\" does not fit its \(file.length) bytes")
      }
      variables.append(
        .init(
          name: entry.name, type: entry.type, dimensions: entry.dimensions.map { dimensions[$0] },
          attributes: entry.attributes, offset: entry.offset, isRecord: isRecord))
    }
  }

  private func resolvedRecordCount(_ records: [Entry]) throws -> Int {
    guard let recordCount else {
      guard recordSize > 0, let start = records.map(\.offset).min(), start <= file.length else { return 0 }
      return (file.length - start) / recordSize
    }
    // Without bytes to back it the count could be any number.
    guard recordSize > 0 || recordCount == 0 else { throw damaged("it counts \(recordCount) empty records") }
    return recordCount
  }
}
