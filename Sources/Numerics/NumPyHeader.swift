/// What stands before the numbers of NumPy's `.npy` format (numpy.lib.format, versions 1 to 3).
public struct NumPyHeader: Equatable, Sendable {
  /// Of the elements, as NumPy writes it: "<f8"; nil where the header does not say.
  public let type: String?
  /// Whether the first index runs fastest; nil where the header does not say.
  public let isFortranOrder: Bool?
  /// nil where it is missing, or no list of numbers from 0 on.
  public let shape: [Int]?
  /// Where the numbers begin.
  public let dataOffset: Int

  public static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Why there is no header.
  public enum Defect: Error { case notAnArray, cutOff }

  /// - Parameter bytes: of the whole file.
  public init(_ bytes: [UInt8]) throws(Defect) {
    guard bytes.starts(with: Self.magic), bytes.count >= 12, (1...3).contains(bytes[6]) else { throw .notAnArray }
    let start = bytes[6] == 1 ? 10 : 12
    dataOffset = start + bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard dataOffset <= bytes.count else { throw .cutOff }
    let header = String(decoding: bytes[start..<dataOffset], as: UTF8.self)
    type = Self.field("descr", header).map { String($0.filter { $0 != "'" && $0 != "\"" }) }
    let order = Self.field("fortran_order", header)
    isFortranOrder = order == "True" ? true : order == "False" ? false : nil
    shape = Self.field("shape", header).flatMap(Self.numbers)
  }

  /// The value of a key in the header, which is a Python dictionary: up to the next comma outside parentheses.
  private static func field(_ key: String, _ header: String) -> Substring? {
    guard let range = header.firstRange(of: "'\(key)'") ?? header.firstRange(of: "\"\(key)\"") else { return nil }
    let rest = header[range.upperBound...].drop { $0 == " " || $0 == ":" }
    let end = rest.first == "(" ? rest.firstIndex(of: ")").map { rest.index(after: $0) } : nil
    let value = rest[..<(end ?? rest.firstIndex { ",}".contains($0) } ?? rest.endIndex)]
    return value.last == " " ? value.prefix { $0 != " " } : value
  }

  /// "(3, 2)" as numbers.
  private static func numbers(_ tuple: Substring) -> [Int]? {
    guard tuple.first == "(", tuple.last == ")" else { return nil }
    let parts = tuple.split { "(), ".contains($0) }, numbers = parts.compactMap { Int($0) }
    return numbers.count == parts.count && numbers.allSatisfy { $0 >= 0 } ? numbers : nil
  }
}
