import Atomistics
import Diagnostics

/// `.ace`: the text format that came before `.yace`, words and numbers in a fixed order; one element.
struct ClusterTextReader {
  private let bytes: [UInt8]
  private let file: String
  private var position: Int

  /// Where the line that starts with `nelements=` begins; nil in a file of another format.
  static func start(in bytes: [UInt8]) -> Int? {
    let mark = Array("nelements=".utf8)
    var start = 0
    while start < bytes.count {
      if bytes[start...].starts(with: mark) { return start }
      guard let end = bytes[start...].firstIndex(of: .newline) else { return nil }
      start = end + 1
    }
    return nil
  }

  init(bytes: [UInt8], file: String, start: Int) {
    self.bytes = bytes
    self.file = file
    position = start
  }

  // MARK: Words

  private func failure(_ message: String, at offset: Int? = nil, remedy: String = "correct the file or copy it again")
    -> Failure
  {
    .input(message, at: Place(bytes: bytes, offset: offset ?? position, file: file), remedy: remedy)
  }

  private mutating func skipBlanks() {
    while position < bytes.count, bytes[position].isBlank || bytes[position] == .newline { position += 1 }
  }

  /// Takes `text` if it stands here.
  private mutating func take(_ text: String) -> Bool {
    skipBlanks()
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func expect(_ text: String) throws {
    guard take(text) else {
      throw failure(position < bytes.count ? "\"\(text)\" is missing here" : "the file ends where \"\(text)\" belongs")
    }
  }

  /// Up to the next blank.
  private mutating func word() -> String {
    skipBlanks()
    let start = position
    while position < bytes.count, !bytes[position].isBlank, bytes[position] != .newline { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func real(_ name: String) throws -> Double {
    skipBlanks()
    let start = position, text = word()
    guard let value = Double(text), value.isFinite else {
      throw failure("\(name) is \"\(text.prefix(60))\", not a finite number", at: start)
    }
    return value
  }

  private mutating func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    skipBlanks()
    let start = position, text = word()
    guard let value = Int(text), range.contains(value) else {
      throw failure(
        "\(name) is \"\(text.prefix(60))\", not a whole number between \(range.lowerBound) and \(range.upperBound)",
        at: start)
    }
    return value
  }

  private mutating func integer(after label: String, in range: ClosedRange<Int>) throws -> Int {
    try expect(label)
    return try integer(label, in: range)
  }

  private mutating func real(after label: String) throws -> Double {
    try expect(label)
    return try real(label)
  }

  /// `( 1 2 3 )`.
  private mutating func integers(after label: String, count: Int, in range: ClosedRange<Int>) throws -> [Int] {
    try expect(label)
    try expect("(")
    let values = try (0..<count).map { _ in try integer(label, in: range) }
    try expect(")")
    return values
  }

  private func check(_ problem: String?, at offset: Int) throws {
    if let problem { throw failure(problem, at: offset) }
  }

  // MARK: Parts

  mutating func model() throws -> ClusterModel {
    let count = try integer(after: "nelements=", in: 1...118)
    guard count == 1 else {
      throw failure("an .ace file can hold one element only, not \(count)", remedy: "convert the potential to .yace")
    }
    try expect("elements:")
    let elementStart = position, symbol = word()
    guard let element = Element(symbol: symbol) else {
      throw failure("\"\(symbol.prefix(20))\" is no element", at: elementStart)
    }
    let maximumL = try integer(after: "lmax=", in: ClusterLimits.l)
    var center = try center()
    let shift = take("E0:") ? try real("E0") : 0
    let (bond, spacing) = try bond(maximumL: maximumL)
    let bounds = FunctionBounds(elements: 1, baseCount: bond.baseCount, radialCount: bond.radialCount, maximumL: maximumL)
    _ = try integer(after: "rankmax=", in: ClusterLimits.rank)
    _ = try integer(after: "ndensitymax=", in: center.densityCount...center.densityCount)
    _ = try integer(after: "num_c_tilde_max=", in: 0...Int.max)
    _ = try integer(after: "num_ms_combinations_max=", in: 0...Int.max)
    for label in ["total_basis_size_rank1:", "total_basis_size:"] {
      let size = try integer(after: label, in: ClusterLimits.combinations)
      for _ in 0..<size { center.functions.append(try function(densities: center.densityCount, bounds: bounds)) }
    }
    skipBlanks()
    guard position == bytes.count else { throw failure("more stands here than the functions that the file announced") }
    let all = center.functions
    center.functions = all.filter { $0.rank == 1 } + all.filter { $0.rank > 1 }
    return ClusterModel(
      elements: [element], energyShifts: [shift], tableSpacing: spacing, innerCutoff: .density, bonds: [bond],
      centers: [center])
  }

  private mutating func center() throws -> CenterBasis {
    var embedding: Embedding?
    if take("embedding-function:") {
      let start = position, name = word()
      embedding = Embedding(rawValue: name)
      if embedding == nil { throw failure("there is no embedding \"\(name.prefix(40))\"", at: start) }
    }
    let start = position, count = try integer("the number of FS parameters", in: 2...2 * ClusterLimits.densities.upperBound)
    guard count % 2 == 0 else { throw failure("the number of FS parameters must be even", at: start) }
    try expect("FS parameters:")
    let pairs = try (0..<count).map { _ in try real("an FS parameter") }
    let exponents = (0..<count / 2).map { pairs[2 * $0 + 1] }
    try check(Embedding.problem(exponents: exponents), at: start)
    guard embedding != nil || exponents.allSatisfy({ $0 == 1 }) else {
      throw failure("`embedding-function:` may be missing only where all exponents are 1", at: start)
    }
    let cutoff = try real(after: "core energy-cutoff parameters:"), width = try real("drho_core_cutoff")
    try check(width < 0 ? "the width of the core cutoff is negative" : nil, at: position)
    return CenterBasis(
      densityCount: count / 2, embedding: embedding ?? .finnisSinclair, weights: (0..<count / 2).map { pairs[2 * $0] },
      exponents: exponents, coreCutoff: cutoff, coreCutoffWidth: width, functions: [])
  }

  private mutating func bond(maximumL: Int) throws -> (BondBasis, spacing: Double) {
    try expect("radbasename=")
    skipBlanks()
    let start = position, name = word()
    let baseCount = try integer(after: "nradbase=", in: ClusterLimits.count)
    let radialCount = try integer(after: "nradmax=", in: ClusterLimits.count)
    _ = try real(after: "cutoffmax=")
    let spacing = try real(after: "deltaSplineBins=")
    let prefactor = try real(after: "core repulsion parameters:"), coreLambda = try real("lambda of the core")
    let lambda = try real(after: "radparameter="), cutoff = try real(after: "cutoff="), width = try real(after: "dcut=")
    guard let radial = RadialBasis(name: name, lambda: lambda) else {
      throw failure("there is no radial basis \"\(name.prefix(40))\" in this format", at: start)
    }
    try expect("crad=")
    // k outermost, then n, then l.
    let momenta = maximumL + 1
    var coefficients: [Double] = []
    for _ in 0..<baseCount * radialCount * momenta { coefficients.append(try real("a radial coefficient")) }
    let sorted = (0..<coefficients.count).map {
      coefficients[$0 % baseCount * radialCount * momenta + $0 / baseCount]
    }
    let bond = BondBasis(
      radial: radial, cutoff: cutoff, cutoffWidth: width, baseCount: baseCount, radialCount: radialCount,
      maximumL: maximumL, coefficients: sorted, corePrefactor: prefactor, coreLambda: coreLambda)
    try check(bond.problem(innerCutoff: .density, tableSpacing: spacing), at: start)
    return (bond, spacing)
  }

  private mutating func function(densities: Int, bounds: FunctionBounds) throws -> ClusterFunction {
    try expect("ctilde_basis_func:")
    let start = position
    let rank = try integer(after: "rank=", in: ClusterLimits.rank)
    _ = try integer(after: "ndens=", in: densities...densities)
    _ = try integer(after: "mu0=", in: 0...0)
    let species = try integers(after: "mu=", count: rank, in: 0...0)
    let n = try integers(after: "n=", count: rank, in: ClusterLimits.count)
    let l = try integers(after: "l=", count: rank, in: ClusterLimits.l)
    try check(bounds.problem(species: species, n: n, l: l), at: start)
    var function = ClusterFunction(rank: rank, species: species, n: n, l: l, m: [], coefficients: [])
    for _ in 0..<(try integer(after: "num_ms=", in: ClusterLimits.combinations)) {
      try expect("<")
      let line = position
      let m = try (0..<rank).map { _ in try integer("m", in: -ClusterLimits.l.upperBound...ClusterLimits.l.upperBound) }
      try check(bounds.problem(m: m, l: l), at: line)
      try expect(">:")
      function.m.append(m)
      function.coefficients.append(try (0..<densities).map { _ in try real("a coefficient") })
    }
    return function
  }
}
