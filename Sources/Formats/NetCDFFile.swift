import CNetCDF
import Diagnostics
import Synchronization

/// A NetCDF file of any format that the library reads, open for reading.
///
/// The library is not safe for several threads: one lock serializes all calls of the process.
final class NetCDFFile {
  struct Variable {
    let id: Int32
    let name: String
    let type: nc_type
    let dimensions: [Dimension]
  }

  struct Dimension: Equatable {
    let name: String
    let length: Int
  }

  let path: String
  private let id: Int32
  private static let lock = Mutex(())

  /// - Throws: `Failure.input` if the file is missing or no NetCDF file.
  init(_ path: String) throws {
    self.path = path
    // Its own message for a missing file; and no URL, which the library would fetch.
    let length = try InputFile(path).length
    var id: Int32 = 0
    let status = Self.lock.withLock { _ in nc_open(path, NC_NOWRITE, &id) }
    guard status == NC_NOERR else {
      throw Failure.input(
        "this is not a NetCDF file, or a damaged one (\(Self.reason(status)), \(length) bytes)", at: Place(file: path))
    }
    self.id = id
  }

  deinit { _ = Self.lock.withLock { _ in nc_close(id) } }

  private static func reason(_ status: Int32) -> String { String(cString: nc_strerror(status)).lowercased() }

  /// The length of a dimension, or nil where there is none of that name.
  func dimension(_ name: String) throws -> Int? {
    var dimension: Int32 = 0
    var length = 0
    let status = Self.lock.withLock { _ in
      let status = nc_inq_dimid(id, name, &dimension)
      return status == NC_NOERR ? nc_inq_dimlen(id, dimension, &length) : status
    }
    if status == NC_EBADDIM { return nil }
    try check(status, "dimension \"\(name)\"")
    return length
  }

  /// The variable of this name, or nil.
  func variable(_ name: String) throws -> Variable? {
    var variable: Int32 = 0
    let status = Self.lock.withLock { _ in nc_inq_varid(id, name, &variable) }
    if status == NC_ENOTVAR { return nil }
    try check(status, "variable \"\(name)\"")
    return try self.variable(id: variable, name: name)
  }

  private func variable(id variable: Int32, name: String) throws -> Variable {
    var type: nc_type = 0
    var count: Int32 = 0
    try check(Self.lock.withLock { _ in nc_inq_var(id, variable, nil, &type, &count, nil, nil) }, "variable \"\(name)\"")
    var ids = [Int32](repeating: 0, count: Int(count))
    try check(Self.lock.withLock { _ in nc_inq_vardimid(id, variable, &ids) }, "variable \"\(name)\"")
    return Variable(id: variable, name: name, type: type, dimensions: try ids.map(dimension(id:)))
  }

  private func dimension(id dimension: Int32) throws -> Dimension {
    var length = 0
    var name = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
    try check(Self.lock.withLock { _ in nc_inq_dim(id, dimension, &name, &length) }, "a dimension")
    return Dimension(name: name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }, length: length)
  }

  /// A text attribute of a variable (nil: of the file), or nil where there is none.
  func text(attribute: String, of variable: Variable? = nil) throws -> String? {
    let owner = variable?.id ?? NC_GLOBAL
    var length = 0
    var type: nc_type = 0
    let status = Self.lock.withLock { _ in nc_inq_att(id, owner, attribute, &type, &length) }
    // Strings of NetCDF-4 have a type of their own, which no program writes here.
    if status == NC_ENOTATT || type != NC_CHAR { return nil }
    var text = [CChar](repeating: 0, count: length)
    try check(Self.lock.withLock { _ in nc_get_att_text(id, owner, attribute, &text) }, "attribute \"\(attribute)\"")
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A number attribute of a variable, or nil where there is none.
  func number(attribute: String, of variable: Variable) throws -> Double? {
    var length = 0
    var type: nc_type = 0
    let status = Self.lock.withLock { _ in nc_inq_att(id, variable.id, attribute, &type, &length) }
    guard status == NC_NOERR, length == 1, type != NC_CHAR else { return nil }
    var value = 0.0
    try check(
      Self.lock.withLock { _ in nc_get_att_double(id, variable.id, attribute, &value) }, "attribute \"\(attribute)\"")
    return value
  }

  /// `counts` values of each dimension from `starts` on, as doubles, into `values`.
  func read(_ variable: Variable, starts: [Int], counts: [Int], into values: inout [Double]) throws {
    precondition(starts.count == variable.dimensions.count && values.count >= counts.reduce(1, *))
    try check(
      Self.lock.withLock { _ in nc_get_vara_double(id, variable.id, starts, counts, &values) },
      "variable \"\(variable.name)\"")
  }

  /// All of a character variable.
  func characters(_ variable: Variable) throws -> [UInt8] {
    var text = [CChar](repeating: 0, count: variable.dimensions.map(\.length).reduce(1, *))
    try check(Self.lock.withLock { _ in nc_get_var_text(id, variable.id, &text) }, "variable \"\(variable.name)\"")
    return text.map { UInt8(bitPattern: $0) }
  }

  /// Bytes that the values of all variables take in a file of the classic formats; nil for others (HDF5).
  ///
  /// The library reads zeros where such a file is cut short, so its length has to be compared with this.
  func leastClassicLength() throws -> Int? {
    var format: Int32 = 0
    try check(Self.lock.withLock { _ in nc_inq_format(id, &format) }, "the format")
    guard format == NC_FORMAT_CLASSIC || format == NC_FORMAT_64BIT_OFFSET || format == NC_FORMAT_64BIT_DATA else {
      return nil
    }
    var count: Int32 = 0
    try check(Self.lock.withLock { _ in nc_inq_nvars(id, &count) }, "the variables")
    var total = 0
    for variable in 0..<count {
      let description = try self.variable(id: variable, name: "number \(variable)")
      var size = 0
      try check(Self.lock.withLock { _ in nc_inq_type(id, description.type, nil, &size) }, "a type")
      for dimension in description.dimensions {
        let (product, overflow) = size.multipliedReportingOverflow(by: dimension.length)
        guard !overflow else { return Int.max }
        size = product
      }
      let (sum, overflow) = total.addingReportingOverflow(size)
      guard !overflow else { return Int.max }
      total = sum
    }
    return total
  }

  private func check(_ status: Int32, _ what: String) throws {
    guard status != NC_NOERR else { return }
    throw Failure.input("reading \(what) failed (\(Self.reason(status)))", at: Place(file: path))
  }
}
