import Diagnostics

extension MomentTensorActiveSet {
  /// The state that follows the text of a potential: MLIP-3's `#MVS_v1.1` or MLIP-2's `^`; nil where none follows.
  ///
  /// - Parameter count: the potential's number of parameters, which the state does not store.
  /// - Throws: `Failure.input` where the state is truncated, of another size, or selects by forces or stresses.
  public init?(bytes: [UInt8], count: Int, file: String) throws {
    let start = MomentTensorFile.textEnd(bytes)
    guard start < bytes.count else { return nil }
    let line = 1 + bytes[..<start].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    var reader = StateReader(bytes: bytes, position: start, place: Place(file: file, line: line))
    self = bytes[start] == UInt8(ascii: "^") ? try reader.readOlder(count) : try reader.readNewer(count)
    guard isInverse else {
      throw Failure.input(
        "the active set's second matrix is not the inverse of the first", at: reader.place,
        remedy: "the file is damaged, or belongs to a potential with other sizes: select again")
    }
  }

  /// Whether A times its stored inverse is the unit matrix to 1e-3, as far as sampled rows tell (all of them up to 200).
  private var isInverse: Bool {
    let step = max(1, count / 200)
    for row in stride(from: 0, to: count, by: step) {
      let product = (0..<count).reduce(0) { $0 + rows[row * count + $1] * inverseTransposed[row * count + $1] }
      guard abs(product - 1) < 1e-3 else { return false }
    }
    return true
  }
}

/// Weights as text or binary, two matrices of little-endian doubles, origins, configurations.
private struct StateReader {
  let bytes: [UInt8]
  var position: Int
  let place: Place

  func failure(_ message: String) -> Failure {
    .input("the selection state " + message, at: place, remedy: "select the active set again with this potential")
  }

  /// MLIP-3: `#MVS_v1.1`, named weights, `#`, matrices, `#`, origins, `#`, configurations.
  mutating func readNewer(_ count: Int) throws -> MomentTensorActiveSet {
    guard try textLine() == "#MVS_v1.1" else { throw failure("is not of version MVS_v1.1") }
    var weights: [String: Double] = [:]
    while position < bytes.count, bytes[position] != UInt8(ascii: "#") {
      let words = try textLine().split(separator: " ")
      guard words.count == 2, let value = Double(words[1]), value.isFinite else { throw failure("has a line that is not a weight") }
      weights[String(words[0])] = value
    }
    position += 1
    let mode = try mode(
      site: weights["site_en_weight"], energy: weights["energy_weight"], force: weights["force_weight"],
      stress: weights["stress_weight"], scaling: weights["weight_scaling"] ?? 2)
    let (rows, inverse) = try matrices(count)
    try skip("\n#\n")
    let origins = try origins(count)
    try skip("#\n")
    return .init(
      mode: mode, count: count, rows: rows, inverseTransposed: inverse, origins: origins,
      configurations: Array(bytes[min(position, bytes.count)...]))
  }

  /// MLIP-2: `^`, four binary weights (site, energy, force, stress), `\n#`, matrices, `\n`, origins, configurations.
  mutating func readOlder(_ count: Int) throws -> MomentTensorActiveSet {
    position += 1
    let weights = try doubles(4)
    try skip("\n#")
    let mode = try mode(site: weights[0], energy: weights[1], force: weights[2], stress: weights[3], scaling: 2)
    let (rows, inverse) = try matrices(count)
    try skip("\n")
    let origins = try origins(count)
    return .init(
      mode: mode, count: count, rows: rows, inverseTransposed: inverse, origins: origins,
      configurations: Array(bytes[min(position, bytes.count)...]))
  }

  private func mode(
    site: Double?, energy: Double?, force: Double?, stress: Double?, scaling: Double
  ) throws -> MomentTensorActiveSet.Mode {
    guard let site, let energy, let force, let stress else { throw failure("lacks a weight") }
    guard force == 0, stress == 0 else { throw failure("selects by forces or stresses, which is not supported") }
    if site != 0, energy == 0 { return .neighborhood }
    guard energy != 0, site == 0 else { throw failure("selects neither by site energies nor by energies alone") }
    guard (0...2).contains(scaling), scaling == scaling.rounded() else { throw failure("has weight_scaling \(scaling)") }
    return .configuration(energyWeight: energy, scaling: Int(scaling))
  }

  private mutating func matrices(_ count: Int) throws -> (rows: [Double], inverse: [Double]) {
    let (size, overflow) = count.multipliedReportingOverflow(by: count)
    // The length is checked before anything of that length is allocated.
    guard !overflow, size <= (bytes.count - min(position, bytes.count)) / 16 else {
      throw failure("is too short for two \(count) × \(count) matrices")
    }
    return (try doubles(size), try doubles(size))
  }

  private mutating func doubles(_ count: Int) throws -> [Double] {
    guard position <= bytes.count, count <= (bytes.count - position) / 8 else { throw failure("is cut short") }
    let values = bytes.withUnsafeBytes { raw in
      (0..<count).map { Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position + 8 * $0, as: UInt64.self))) }
    }
    position += 8 * count
    guard values.allSatisfy(\.isFinite) else { throw failure("holds a number that is not finite") }
    return values
  }

  private mutating func origins(_ count: Int) throws -> [SIMD2<Int32>] {
    try (0..<count).map { _ in
      let numbers = try textLine().split(separator: " ").map { Int32($0) }
      guard numbers.count == 2, let first = numbers[0], let second = numbers[1] else {
        throw failure("has a line that does not say where a row comes from")
      }
      return SIMD2(first, second)
    }
  }

  private mutating func skip(_ literal: String) throws {
    guard position <= bytes.count, bytes[position...].starts(with: literal.utf8) else { throw failure("is damaged") }
    position += literal.utf8.count
  }

  private mutating func textLine() throws -> String {
    guard position < bytes.count, let end = bytes[position...].prefix(200).firstIndex(of: 0x0A) else {
      throw failure("is cut short")
    }
    defer { position = end + 1 }
    return String(decoding: bytes[position..<end], as: UTF8.self).replacing("\r", with: "")
  }
}
