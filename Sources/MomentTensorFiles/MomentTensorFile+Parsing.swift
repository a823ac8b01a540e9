import Diagnostics
import Foundation

extension MomentTensorFile {
  /// Reads a file. - Throws: `Failure.input` with file and line.
  public init(contentsOf path: String) throws {
    self = try MomentTensorFile(bytes: try Self.bytes(of: path), file: path)
  }

  /// Reads the text part out of the bytes of a `.mtp`, `.almtp` or MLIP-2 selection state. `file` is for error messages.
  public init(bytes: [UInt8], file: String) throws {
    var reader = MomentTensorReader(TextScanner(bytes[..<Self.textEnd(bytes)], file: file))
    self = try reader.read()
  }

  public static func bytes(of path: String) throws -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw Failure.input("there is no such file", at: Place(file: path), remedy: "correct the potential's path")
    }
    guard !isDirectory.boolValue, let data = FileManager.default.contents(atPath: path) else {
      throw Failure.input("the file cannot be read", at: Place(file: path), remedy: "check its permissions")
    }
    return [UInt8](data)
  }

  /// Where the text ends and a selection state may begin: at `#MVS` (MLIP-3) or at a line that starts with `^` (MLIP-2).
  static func textEnd(_ bytes: [UInt8]) -> Int {
    for index in bytes.indices where index == 0 || bytes[index - 1] == 0x0A {
      if bytes[index] == UInt8(ascii: "^") || bytes[index...].starts(with: "#MVS".utf8) { return index }
    }
    return bytes.count
  }
}

/// Reads the keys in any order; what must fit together is checked at the end.
private struct MomentTensorReader {
  var scanner: TextScanner
  var file = MomentTensorFile()
  var lines: [String: Int] = [:]
  var counts: [String: Int] = [:]
  var blockLabels: [Int?] = []
  var rowLengthsAgree = true

  init(_ scanner: TextScanner) { self.scanner = scanner }

  static let keys = [
    "version", "potential_name", "scaling", "species_count", "potential_tag", "radial_basis_type", "min_dist", "max_dist",
    "radial_basis_size", "radial_funcs_count", "radial_coeffs", "alpha_moments_count", "alpha_index_basic_count",
    "alpha_index_basic", "alpha_index_times_count", "alpha_index_times", "alpha_scalar_moments", "alpha_moment_mapping",
    "species_coeffs", "moment_coeffs",
  ]
  /// Other spellings of MLIP-3 and motep.
  static let synonyms = [
    "min_val": "min_dist", "min": "min_dist", "max_val": "max_dist", "max": "max_dist", "basis_size": "radial_basis_size",
    "size": "radial_basis_size",
  ]

  mutating func read() throws -> MomentTensorFile {
    skipComments()
    guard scanner.token() == "MTP" else {
      throw scanner.failure(
        "this is not a moment tensor potential: it does not begin with \"MTP\"", remedy: "give a .mtp or .almtp file")
    }
    skipComments()
    while !scanner.isAtEnd {
      try readKey()
      skipComments()
    }
    try assemble()
    try file.validate { key in Place(file: scanner.file, line: key.flatMap { lines[$0] }) }
    return file
  }

  private mutating func skipComments() {
    scanner.skipBlanks(lines: true)
    while scanner.next == UInt8(ascii: "#") {
      scanner.skipLine()
      scanner.skipBlanks(lines: true)
    }
  }

  private mutating func readKey() throws {
    let start = scanner, spelt = scanner.token(), key = Self.synonyms[spelt] ?? spelt
    if key.hasPrefix("magnetic_basis") {
      throw start.failure(
        "the potential has a magnetic basis, which is not supported", remedy: "use a non-magnetic moment tensor potential")
    }
    guard Self.keys.contains(key) else {
      let near = nearestName(to: key, among: Self.keys).map { "did you mean \($0)?" }
      throw start.failure("\"\(key)\" is not a key of a moment tensor potential", remedy: near ?? "correct or remove it")
    }
    // `scaling` may stand twice: globally and in the radial block; the two multiply.
    guard lines.updateValue(start.line, forKey: key) == nil || key == "scaling" else {
      throw start.failure("\(key) is given twice", remedy: "remove one of them")
    }
    if key == "radial_coeffs" { return try readRadialBlocks() }
    scanner.skipBlanks(lines: false)
    guard scanner.take("=") else { throw scanner.failure("\(key) lacks an '='", remedy: "write \(key) = value") }
    try readValue(of: key)
  }

  private mutating func readValue(of key: String) throws {
    switch key {
    case "alpha_index_basic":
      file.basicMoments = try scanner.list(key) { scanner in
        let q = try Self.quadruplet(&scanner, key)
        return .init(mu: q[0], x: q[1], y: q[2], z: q[3])
      }
    case "alpha_index_times":
      file.products = try scanner.list(key) { scanner in
        let q = try Self.quadruplet(&scanner, key)
        return .init(first: q[0], second: q[1], factor: q[2], target: q[3])
      }
    case "alpha_moment_mapping": file.scalars = try scanner.list(key) { try $0.integer(key) }
    case "species_coeffs": file.speciesCoefficients = try scanner.list(key) { try $0.real(key) }
    case "moment_coeffs": file.momentCoefficients = try scanner.list(key) { try $0.real(key) }
    default:
      try readScalar(key)
      // Templates carry human comments after their values.
      scanner.skipLine()
    }
  }

  private mutating func readScalar(_ key: String) throws {
    switch key {
    case "potential_tag": break
    case "potential_name":
      scanner.skipBlanks(lines: false)
      let name = scanner.token()
      file.name = name.isEmpty ? nil : name
    case "version":
      scanner.skipBlanks(lines: false)
      let start = scanner, version = scanner.token()
      guard version == "1.1.0" else {
        throw start.failure("the format version is \"\(version)\", not 1.1.0", remedy: "convert the potential with MLIP-2 or 3")
      }
    case "radial_basis_type":
      scanner.skipBlanks(lines: false)
      let start = scanner, name = scanner.token()
      guard let basis = MomentTensorFile.RadialBasis(rawValue: name) else {
        throw start.failure(
          "the radial basis \"\(name)\" is not supported",
          remedy: "use " + MomentTensorFile.RadialBasis.allCases.map(\.rawValue).joined(separator: " or "))
      }
      file.radialBasis = basis
    case "scaling": file.scaling *= try scanner.real(key)
    case "min_dist": file.minimumDistance = try scanner.real(key)
    case "max_dist": file.maximumDistance = try scanner.real(key)
    default: counts[key] = try scanner.integer(key)
    }
  }

  private static func quadruplet(_ scanner: inout TextScanner, _ key: String) throws -> [Int] {
    let start = scanner
    let values = try scanner.list(key) { try $0.integer(key) }
    guard values.count == 4 else {
      throw start.failure("an entry of \(key) has \(values.count) numbers instead of 4", remedy: "the file is damaged: copy it again")
    }
    return values
  }

  /// For each pair a label `center-neighbor`, then one row for each radial function.
  private mutating func readRadialBlocks() throws {
    scanner.skipBlanks(lines: true)
    while let byte = scanner.next, (0x30...0x39).contains(byte) {
      let label = scanner.token().split(separator: "-")
      blockLabels.append(label.count == 2 ? Int(label[1]) : nil)
      scanner.skipBlanks(lines: true)
      var rows = 0
      while scanner.next == UInt8(ascii: "{") {
        let start = scanner, row = try scanner.list("radial_coeffs") { try $0.real("a radial coefficient") }
        if let size = counts["radial_basis_size"], row.count != size {
          throw start.failure(
            "a row of radial_coeffs has \(row.count) numbers but radial_basis_size is \(size)", remedy: "correct either")
        }
        file.radialCoefficients += row
        rows += 1
        scanner.skipBlanks(lines: true)
      }
      if let expected = counts["radial_funcs_count"], rows != expected {
        throw scanner.failure(
          "a block of radial_coeffs has \(rows) rows but radial_funcs_count is \(expected)", remedy: "correct either")
      }
    }
  }

  /// Compares the announced counts with what was read.
  private mutating func assemble() throws {
    func announced(_ key: String) throws -> Int {
      guard let value = counts[key] else {
        throw Failure.input("\(key) is missing", at: Place(file: scanner.file), remedy: "the file is damaged: copy it again")
      }
      return value
    }
    for (count, key, list) in [
      (file.basicMoments.count, "alpha_index_basic_count", "alpha_index_basic"),
      (file.products.count, "alpha_index_times_count", "alpha_index_times"),
      (file.scalars.count, "alpha_scalar_moments", "alpha_moment_mapping"),
    ] where try announced(key) != count {
      throw Failure.input(
        "\(list) has \(count) entries but \(key) is \(try announced(key))",
        at: Place(file: scanner.file, line: lines[list] ?? lines[key]), remedy: "the file is damaged: copy it again")
    }
    file.radialBasisSize = try announced("radial_basis_size")
    file.radialFunctionCount = try announced("radial_funcs_count")
    file.momentCount = try announced("alpha_moments_count")
    for key in ["radial_basis_type", "min_dist", "max_dist"] where lines[key] == nil {
      throw Failure.input("\(key) is missing", at: Place(file: scanner.file), remedy: "the file is damaged: copy it again")
    }
    try assignLabels()
  }

  /// The number of species, and what configurations call them: the second number of the first S block labels where those differ.
  private mutating func assignLabels() throws {
    let blocks = blockLabels.count
    let root = Int(Double(blocks).squareRoot().rounded())
    let species = counts["species_count"].flatMap { $0 > 0 ? $0 : nil } ?? max(root, 1)
    let (square, overflow) = species.multipliedReportingOverflow(by: species)
    guard blocks == 0 || (!overflow && blocks == square) else {
      throw Failure.input(
        "radial_coeffs has \(blocks) blocks where \(species) species need \(species) × \(species)",
        at: Place(file: scanner.file, line: lines["radial_coeffs"]), remedy: "correct species_count or the blocks")
    }
    guard species <= 118 else {
      throw Failure.input(
        "species_count is \(species)", at: Place(file: scanner.file, line: lines["species_count"]),
        remedy: "there are 118 elements at most")
    }
    let named = blockLabels.prefix(species).compactMap { $0 }
    file.labels = Set(named).count == species ? named : Array(0..<species)
  }
}
