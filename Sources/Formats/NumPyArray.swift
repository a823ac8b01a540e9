import Diagnostics
import Foundation
import Numerics

/// An array of real numbers from a file: NumPy's .npy (format 1 to 3, float32 or float64, little-endian, C order) or a
/// table.
public struct NumPyArray: Sendable {
  public let shape: [Int]
  /// Row-major.
  public let values: [Double]

  /// Reads an .npy file.
  /// - Throws: `Failure.input` for another format, type or order of elements, or a file that ends early.
  public init(path: String) throws {
    let bytes = try Self.bytes(of: path), place = Place(file: path)
    let header: NumPyHeader
    do {
      header = try NumPyHeader(bytes)
    } catch {
      guard error == .notAnArray else { throw Self.truncated(place) }
      throw Failure.input("this is no NumPy array", at: place, remedy: "write it by numpy.save")
    }
    let isSingle = header.type == "<f4"
    guard isSingle || header.type == "<f8", header.isFortranOrder == false, let shape = header.shape else {
      throw Failure.input(
        "the array is not of float32 or float64 in C order", at: place,
        remedy: "write it by numpy.save of numpy.ascontiguousarray(a, dtype=float)")
    }
    let width = isSingle ? 4 : 8
    let (count, overflow) = shape.reduce((1, false)) { total, n in
      let product = total.0.multipliedReportingOverflow(by: n)
      return (product.partialValue, total.1 || product.overflow)
    }
    guard !overflow, count <= (bytes.count - header.dataOffset) / width else { throw Self.truncated(place) }
    self.shape = shape
    values = bytes.withUnsafeBytes { raw in
      (0..<count).map { i in
        let offset = header.dataOffset + i * width
        return isSingle
          ? Double(Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))))
          : Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      }
    }
  }

  /// Reads a table [rows, columns] of numbers parted by commas or blanks, after lines that start with # or a letter.
  /// - Throws: `Failure.input` that names the line of what is no number, or whose count of numbers differs.
  public init(table path: String) throws {
    var columns = 0, rows = 0, values: [Double] = []
    let separators = Set(" ,;\t\r".utf8), newline = UInt8(ascii: "\n")
    for (number, line) in try Self.bytes(of: path).split(separator: newline, omittingEmptySubsequences: false).enumerated() {
      let fields = line.split { separators.contains($0) }.map { String(decoding: $0, as: UTF8.self) }
      guard let first = fields.first else { continue }
      if first.hasPrefix("#") || (rows == 0 && Double(first) == nil) { continue }
      let row = fields.compactMap { Double($0) }
      guard row.count == fields.count, rows == 0 || row.count == columns else {
        throw Failure.input(
          row.count == fields.count
            ? "the line has \(row.count) numbers, those before it \(columns)" : "the line has what is no number",
          at: Place(file: path, line: number + 1), remedy: "give the same number of columns in each line")
      }
      columns = row.count
      rows += 1
      values += row
    }
    guard rows > 0 else { throw Failure.input("there are no numbers in the file", at: Place(file: path)) }
    (shape, self.values) = ([rows, columns], values)
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: Place(file: path), remedy: "see that it is there")
    }
    return Array(data)
  }

  private static func truncated(_ place: Place) -> Failure {
    .input("the file is shorter than the array that its header describes", at: place, remedy: "write it anew")
  }
}
