import Diagnostics
import Foundation
import Numerics

/// NumPy's `.npy`: a matrix of doubles (numpy.lib.format, versions 1 to 3).
enum NumPyArray {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The header in full, padded so that the data are aligned to 64 bytes.
  static func bytes(of matrix: DenseMatrix) -> [UInt8] {
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
    let prefix = magic.count + 4
    header += String(repeating: " ", count: (64 - (prefix + header.utf8.count + 1) % 64) % 64) + "\n"
    let count = header.utf8.count
    var result = magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8)
    matrix.elements.withUnsafeBytes { result.append(contentsOf: $0) }
    return result
  }

  /// - Throws: `Failure.input` unless it is a matrix of little-endian doubles (by rows or by columns) whose size fits.
  static func matrix(_ bytes: [UInt8], name: String, file: String) throws -> DenseMatrix {
    let failure = { (message: String) in
      Failure.input("\(name): \(message)", at: Place(file: file), remedy: "write the active set again")
    }
    guard bytes.starts(with: magic), bytes.count >= 12, (1...3).contains(bytes[6]) else {
      throw failure("this is no NumPy array")
    }
    let lengthWidth = bytes[6] == 1 ? 2 : 4
    let start = 8 + lengthWidth
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard start + length <= bytes.count else { throw failure("the array's header is cut off") }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let type = field("descr", header), type == "'<f8'" || type == "\"<f8\"" else {
      throw failure("the numbers are not little-endian doubles ('<f8')")
    }
    guard let order = field("fortran_order", header), order == "True" || order == "False" else {
      throw failure("the array's header does not say its order")
    }
    let shape = (field("shape", header) ?? "").split(whereSeparator: { "(), ".contains($0) }).map { Int($0) }
    guard shape.count == 2, let rows = shape[0], let columns = shape[1], rows >= 0, columns >= 0,
      rows <= 1 << 24, columns <= 1 << 24
    else { throw failure("the array is no matrix") }
    let data = bytes[(start + length)...]
    guard data.count == rows * columns * 8 else { throw failure("the array's length does not fit its shape") }
    let values = data.withUnsafeBytes { source in
      (0..<rows * columns).map { source.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    guard values.allSatisfy(\.isFinite) else { throw failure("the matrix has entries that are not finite") }
    return order == "True"
      ? DenseMatrix(rows: columns, columns: rows, elements: values).transpose
      : DenseMatrix(rows: rows, columns: columns, elements: values)
  }

  /// The value of a key in the header, which is a Python dictionary: up to the next comma outside parentheses.
  private static func field(_ key: String, _ header: String) -> String? {
    guard let range = header.range(of: "'\(key)'") ?? header.range(of: "\"\(key)\"") else { return nil }
    let rest = header[range.upperBound...].drop { $0 == " " || $0 == ":" }
    let end = rest.first == "(" ? rest.firstIndex(of: ")").map { rest.index(after: $0) } : nil
    return String(rest[..<(end ?? rest.firstIndex { ",}".contains($0) } ?? rest.endIndex)])
      .trimmingCharacters(in: .whitespaces)
  }
}
