import Diagnostics

extension CheckpointFile {
  /// Reads the file at `path` and checks all of it before anything is handed out.
  ///
  /// - Throws: `Failure.input` if it is missing, no checkpoint, from a newer version, cut short or damaged.
  public init(readingFrom path: String) throws {
    var decoder = CheckpointDecoder(file: try InputFile(path))
    self.init()
    self.path = path
    for section in try decoder.decode() {
      guard self[section.name] == nil else { throw decoder.damaged("two sections have the same name") }
      self[section.name] = section.values
    }
  }
}

/// Reads a checkpoint once, from front to back, with the checksum over all that it has read.
private struct CheckpointDecoder {
  let file: InputFile
  var checksum = Checksum64()

  init(file: InputFile) { self.file = file }

  mutating func decode() throws -> [CheckpointFile.Section] {
    let sectionCount = try decodeHeader()
    var table: [(code: UInt32, count: Int, name: [UInt8])] = []
    // The table grows as it is read, so that a damaged count allocates nothing.
    for _ in 0..<sectionCount { table.append(try decodeEntry()) }
    var values: [CheckpointFile.Values?] = []
    for entry in table { values.append(try decodeValues(code: entry.code, count: entry.count)) }
    let expected = checksum.value
    guard try integer(UInt64.self) == expected, file.remaining == 0 else {
      throw damaged("its checksum does not match its content")
    }
    return try zip(table, values).map { entry, values in
      guard let values, let name = String(validating: entry.name, as: UTF8.self) else {
        throw damaged("a name or a text is not UTF-8")
      }
      return CheckpointFile.Section(name: name, values: values)
    }
  }

  private mutating func decodeHeader() throws -> Int {
    guard try bytes(8) == CheckpointFile.magic else {
      throw Failure.input(
        "this is not a checkpoint of swmd", at: Place(file: file.path), remedy: "give a file named checkpoint-*.swmd")
    }
    let version = try integer(UInt32.self)
    guard version == CheckpointFile.version else {
      throw Failure.input(
        "the checkpoint has format version \(version), but this swmd reads version \(CheckpointFile.version)",
        at: Place(file: file.path), remedy: "restart with the swmd that wrote it")
    }
    let sectionCount = try integer(UInt32.self)
    let length = try integer(UInt64.self)
    guard length == UInt64(file.length) else {
      throw damaged("it has \(file.length) of its \(length) bytes")
    }
    return Int(sectionCount)
  }

  private mutating func decodeEntry() throws -> (code: UInt32, count: Int, name: [UInt8]) {
    let code = try integer(UInt32.self)
    let nameLength = Int(try integer(UInt32.self))
    let count = try integer(UInt64.self)
    guard count <= UInt64(file.length) else { throw damaged("its table does not fit its length") }
    let name = try bytes(CheckpointFile.padded(nameLength))
    return (code, Int(count), Array(name[..<nameLength]))
  }

  /// nil: a text that is not UTF-8.
  private mutating func decodeValues(code: UInt32, count: Int) throws -> CheckpointFile.Values? {
    guard let stride = CheckpointFile.Values.stride(ofCode: code) else {
      throw damaged("a section has an unknown type")
    }
    guard count <= file.remaining / stride else { throw damaged("its table does not fit its length") }
    defer { skipPadding(after: count * stride) }
    switch code {
    case 1: return .reals(try array(count))
    case 2: return .integers(try array(count))
    case 3: return .shortIntegers(try array(count))
    case 4: return .bytes(try array(count))
    default: return String(validating: try array(count) as [UInt8], as: UTF8.self).map { .text($0) }
    }
  }

  private mutating func array<T: BitwiseCopyable>(_ count: Int) throws -> [T] {
    let values = try [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count * MemoryLayout<T>.stride)
      guard try file.read(into: raw) else { throw damaged("it ends too early") }
      initialized = count
    }
    values.withUnsafeBytes { checksum.update($0) }
    return values
  }

  private mutating func skipPadding(after count: Int) {
    // A failure here shows in the checksum, which is read next.
    _ = try? bytes(CheckpointFile.padded(count) - count)
  }

  private mutating func bytes(_ count: Int) throws -> [UInt8] {
    guard let bytes = try file.read(count) else { throw damaged("it ends too early") }
    bytes.withUnsafeBytes { checksum.update($0) }
    return bytes
  }

  private mutating func integer<T: FixedWidthInteger>(_: T.Type) throws -> T {
    try bytes(MemoryLayout<T>.size).withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  func damaged(_ how: String) -> Failure {
    Failure.input(
      "the checkpoint is damaged: \(how)", at: Place(file: file.path), remedy: "restart from an earlier checkpoint")
  }
}
