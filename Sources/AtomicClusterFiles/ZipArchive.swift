import CZlib
import Diagnostics

/// A zip archive in memory, read and written: enough for NumPy's `.npz` (PKWARE APPNOTE 6.3; stored and deflated members,
/// below 4 GiB).
struct ZipArchive {
  /// What a zip file starts with.
  static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

  struct Member {
    var name: String
    var content: [UInt8]
  }

  var members: [Member]

  init(members: [Member]) { self.members = members }

  // MARK: Reading

  /// - Throws: `Failure.input` where the bytes are no such archive, have more than `members` members, or one of them is
  ///   damaged or longer than `limit` bytes.
  init(bytes: [UInt8], file: String, members count: Int, limit: Int) throws {
    let reader = ZipReader(bytes: bytes, file: file)
    members = try reader.entries(atMost: count).map { entry in
      Member(name: entry.name, content: try reader.content(of: entry, limit: limit))
    }
  }

  // MARK: Writing

  /// Members stored as they are, with sizes in their local headers so that streaming readers find them.
  var bytes: [UInt8] {
    var file: [UInt8] = [], directory: [UInt8] = []
    for member in members {
      let offset = file.count, name = Array(member.name.utf8)
      let sum = ZipReader.checksum(member.content[...])
      // Version 2.0, no flags, stored, 1980-01-01: the same content gives the same file.
      var header: [UInt8] = []
      header.append(contentsOf: [20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0])
      header.append(little: sum, 4)
      header.append(little: member.content.count, 4)
      header.append(little: member.content.count, 4)
      header.append(little: name.count, 2)
      header.append(little: 0, 2)
      file += Self.signature + header + name + member.content
      directory += [0x50, 0x4B, 0x01, 0x02, 20, 0] + header
      // Comment length, disk, attributes: all zero.
      directory += [UInt8](repeating: 0, count: 10)
      directory.append(little: offset, 4)
      directory += name
    }
    let start = file.count
    file += directory
    file += [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0]
    file.append(little: members.count, 2)
    file.append(little: members.count, 2)
    file.append(little: directory.count, 4)
    file.append(little: start, 4)
    file.append(little: 0, 2)
    return file
  }
}

struct ZipReader {
  struct Entry {
    var name: String
    var method, checksum, packedCount, count, offset: Int
  }

  let bytes: [UInt8]
  let file: String

  private func failure(_ message: String) -> Failure {
    .input(message, at: Place(file: file), remedy: "the file is damaged or cut off: copy it again")
  }

  /// A little-endian number of 2 or 4 bytes.
  private func number(at offset: Int, _ width: Int) throws -> Int {
    guard offset >= 0, offset + width <= bytes.count else { throw failure("the archive ends too early") }
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The archive's directory, which stands at its end.
  func entries(atMost limit: Int) throws -> [Entry] {
    guard bytes.starts(with: ZipArchive.signature) else { throw failure("this is no zip archive, as an .asi file must be") }
    let earliest = max(0, bytes.count - 22 - 0xFFFF)
    guard bytes.count >= 22,
      let end = (earliest...bytes.count - 22).reversed().first(where: {
        bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 0x05, 0x06])
      })
    else { throw failure("the archive lacks its directory") }
    var offset = try number(at: end + 16, 4)
    let count = try number(at: end + 10, 2)
    guard count <= limit else {
      throw failure("the archive has \(count) members, more than the potential's \(limit) elements")
    }
    return try (0..<count).map { _ in try entry(&offset) }
  }

  private func entry(_ offset: inout Int) throws -> Entry {
    guard try number(at: offset, 4) == 0x0201_4B50 else { throw failure("the archive's directory is damaged") }
    guard try number(at: offset + 8, 2) & 1 == 0 else { throw failure("the archive is encrypted") }
    let nameCount = try number(at: offset + 28, 2), nameStart = offset + 46
    guard nameStart + nameCount <= bytes.count else { throw failure("the archive's directory is cut off") }
    let entry = Entry(
      name: String(decoding: bytes[nameStart..<nameStart + nameCount], as: UTF8.self),
      method: try number(at: offset + 10, 2), checksum: try number(at: offset + 16, 4),
      packedCount: try number(at: offset + 20, 4), count: try number(at: offset + 24, 4),
      offset: try number(at: offset + 42, 4))
    offset = nameStart + nameCount + (try number(at: offset + 30, 2)) + (try number(at: offset + 32, 2))
    return entry
  }

  func content(of entry: Entry, limit: Int) throws -> [UInt8] {
    guard try number(at: entry.offset, 4) == 0x0403_4B50 else { throw failure("the member \(entry.name) is missing") }
    let start = entry.offset + 30 + (try number(at: entry.offset + 26, 2)) + (try number(at: entry.offset + 28, 2))
    guard start + entry.packedCount <= bytes.count else { throw failure("the member \(entry.name) is cut off") }
    guard entry.count <= limit else {
      throw failure(
        "the member \(entry.name) has \(entry.count) bytes, more than \(limit) that could belong to this potential")
    }
    let packed = bytes[start..<start + entry.packedCount]
    let content: [UInt8]
    switch entry.method {
    case 0: content = Array(packed)
    case 8: content = try inflated(packed, entry)
    default: throw failure("the member \(entry.name) is packed by method \(entry.method), not stored or deflated")
    }
    guard content.count == entry.count, Self.checksum(content[...]) == entry.checksum else {
      throw failure("the member \(entry.name) does not agree with its checksum")
    }
    return content
  }

  private func inflated(_ packed: ArraySlice<UInt8>, _ entry: Entry) throws -> [UInt8] {
    var stream = z_stream()
    // A negative window: deflate without a zlib header.
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Failure.runtime("zlib cannot start", at: Place(file: file))
    }
    defer { inflateEnd(&stream) }
    // One byte more than announced, so that a member that goes on shows.
    var content = [UInt8](repeating: 0, count: entry.count + 1), input = Array(packed)
    let (status, count) = input.withUnsafeMutableBufferPointer { source in
      content.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        let status = inflate(&stream, Z_FINISH)
        return (status, target.count - Int(stream.avail_out))
      }
    }
    guard status == Z_STREAM_END else { throw failure("the member \(entry.name) cannot be unpacked") }
    content.removeLast(content.count - count)
    return content
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.withUnsafeBufferPointer { Int(crc32_z(0, $0.baseAddress, $0.count)) }
  }
}

extension Array<UInt8> {
  fileprivate mutating func append(little value: Int, _ width: Int) {
    for byte in 0..<width { append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
  }
}
