import Diagnostics
import Numerics

/// NumPy's `.npy`: a matrix of doubles (numpy.lib.format, versions 1 to 3).
enum NumPyArray {
  /// The header in full, padded so that the data are aligned to 64 bytes.
  static func bytes(of matrix: DenseMatrix) -> [UInt8] {
    var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(matrix.rows), \(matrix.columns)), }"
    let prefix = NumPyHeader.magic.count + 4
    header += String(repeating: " ", count: (64 - (prefix + header.utf8.count + 1) % 64) % 64) + "\n"
    let count = header.utf8.count
    var result = NumPyHeader.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(header.utf8)
    matrix.elements.withUnsafeBytes { result.append(contentsOf: $0) }
    return result
  }

  /// - Throws: `Failure.input` unless it is a matrix of little-endian doubles (by rows or by columns) whose size fits.
  static func matrix(_ bytes: [UInt8], name: String, file: String) throws -> DenseMatrix {
    let failure = { (message: String) in
      Failure.input("\(name): \(message)", at: Place(file: file), remedy: "write the active set again")
    }
    let header: NumPyHeader
    do {
      header = try NumPyHeader(bytes)
    } catch {
      throw failure(error == .cutOff ? "the array's header is cut off" : "this is no NumPy array")
    }
    guard header.type == "<f8" else { throw failure("the numbers are not little-endian doubles ('<f8')") }
    guard let isFortranOrder = header.isFortranOrder else { throw failure("the array's header does not say its order") }
    guard let shape = header.shape, shape.count == 2, shape.allSatisfy({ $0 <= 1 << 24 }) else {
      throw failure("the array is no matrix")
    }
    let rows = shape[0], columns = shape[1], data = bytes[header.dataOffset...]
    guard data.count == rows * columns * 8 else { throw failure("the array's length does not fit its shape") }
    let values = data.withUnsafeBytes { source in
      (0..<rows * columns).map { source.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    guard values.allSatisfy(\.isFinite) else { throw failure("the matrix has entries that are not finite") }
    return isFortranOrder
      ? DenseMatrix(rows: columns, columns: rows, elements: values).transpose
      : DenseMatrix(rows: rows, columns: columns, elements: values)
  }
}
