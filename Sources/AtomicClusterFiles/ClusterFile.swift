import Atomistics
import Diagnostics
import Foundation

/// Reads every format that ACE potentials come in; which one it is, its content tells.
///
/// - `.yace`: c̃ basis in YAML, as ML-PACE and ACEpotentials.jl write it
/// - `.yaml`: B basis of pacemaker, expanded here; only it (and GRACE/FS) can have grades
/// - `.ace`: the older text format, one element
/// - GRACE/FS `.yaml`
///
/// The YAML reader is our own: keys that are lists, numbers that name their line when they are wrong, elements N, No and Y
/// that are no booleans, and no recursion that a damaged file could drive without end.
public enum ClusterFile {
  /// - Parameter species: what the user says the elements are; must be those that the file names, in any order.
  /// - Throws: `Failure.input` with line and column where the file is not readable or makes no sense.
  public static func read(path: String, species: [Element]? = nil) throws -> ClusterModel {
    try model(bytes: readBytes(path), file: path, species: species)
  }

  /// The same from memory; `file` stands for the path in messages.
  public static func model(bytes: [UInt8], file: String, species: [Element]? = nil) throws -> ClusterModel {
    let model = try read(bytes, file)
    if let species, Set(species) != Set(model.elements) {
      throw Failure.input(
        "this potential is for \(names(model.elements)), not for \(names(species))", at: Place(file: file),
        remedy: "leave `species` out: the file names its elements itself")
    }
    return model
  }

  private static func read(_ bytes: [UInt8], _ file: String) throws -> ClusterModel {
    if bytes.starts(with: ZipArchive.signature) {
      throw Failure.input(
        "this is an active set, not a potential", at: Place(file: file), remedy: "give the .yaml beside it as the potential")
    }
    if let start = ClusterTextReader.start(in: bytes) {
      var reader = ClusterTextReader(bytes: bytes, file: file, start: start)
      return try reader.model()
    }
    let root = try YAMLDocument(bytes: bytes, file: file).root
    let has = { (keys: String...) in keys.allSatisfy { root.optional($0) != nil } }
    if has("species", "global") { return try InvariantBasisReader(root).model() }
    if has("functions", "bonds", "embeddings") { return try TildeBasisReader(root).model() }
    if has("functions", "radial_basis", "emb_spec") { return try GraceReader(root).model() }
    throw Failure.input(
      "this is no ACE potential: none of the formats yaml, yace, ace and GRACE/FS has these keys", at: Place(file: file),
      remedy: "check the path; a file cut off at the end looks like this too")
  }

  private static func names(_ elements: [Element]) -> String { elements.map(\.symbol).joined(separator: ", ") }
}

/// The whole of a regular file.
func readBytes(_ path: String) throws -> [UInt8] {
  let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
  do {
    let kind = try FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType
    guard kind == .typeRegular else {
      throw Failure.input("this is no regular file", at: Place(file: path), remedy: "check the path")
    }
    return [UInt8](try Data(contentsOf: url))
  } catch let failure as Failure {
    throw failure
  } catch {
    throw Failure.input(
      "the file cannot be read: \(error.localizedDescription)", at: Place(file: path), remedy: "check the path")
  }
}

/// What the YAML formats have in common.
enum ClusterFields {
  /// Elements by symbol, each once.
  static func elements(_ value: YAMLValue) throws -> [Element] {
    let items = try value.items()
    guard !items.isEmpty else { throw value.failure("the potential has no elements") }
    var elements: [Element] = []
    for item in items {
      let element = try element(item)
      if elements.contains(element) { throw item.failure("the element \(element) stands here twice") }
      elements.append(element)
    }
    return elements
  }

  static func element(_ value: YAMLValue) throws -> Element {
    let symbol = try value.string()
    guard let element = Element(symbol: symbol) else {
      throw value.failure("\"\(symbol.prefix(20))\" is no element", remedy: "write its symbol, as Li")
    }
    return element
  }

  /// [w_1, m_1, w_2, m_2, …].
  static func embedding(_ name: YAMLValue, parameters: YAMLValue, densities: Int) throws
    -> (kind: Embedding, weights: [Double], exponents: [Double])
  {
    guard let kind = Embedding(rawValue: try name.string()) else {
      throw name.failure(
        "there is no embedding \"\(try name.string().prefix(40))\"",
        remedy: "the known ones are \(Embedding.allCases.map(\.rawValue).joined(separator: " and "))")
    }
    let pairs = try parameters.reals(count: 2 * densities)
    let exponents = (0..<densities).map { pairs[2 * $0 + 1] }
    if let problem = Embedding.problem(exponents: exponents) { throw parameters.failure(problem) }
    return (kind, (0..<densities).map { pairs[2 * $0] }, exponents)
  }

  static func innerCutoff(_ value: YAMLValue?) throws -> InnerCutoffKind {
    guard let value else { return .density }
    guard let kind = InnerCutoffKind(rawValue: try value.string()) else {
      throw value.failure(
        "there is no inner cutoff \"\(try value.string().prefix(40))\"", remedy: "it is density, distance or zbl")
    }
    return kind
  }

  /// λ, the first of the parameters; 1 where a basis has none.
  static func radialBasis(_ name: YAMLValue, parameters: YAMLValue?) throws -> RadialBasis {
    let lambda = try parameters?.reals().first ?? 1
    guard let basis = RadialBasis(name: try name.string(), lambda: lambda) else {
      throw name.failure(
        "there is no radial basis \"\(try name.string().prefix(40))\"",
        remedy: "the known ones are \(RadialBasis.knownNames)")
    }
    return basis
  }

  static func check(_ problem: String?, at value: YAMLValue) throws {
    if let problem { throw value.failure(problem) }
  }
}

extension ClusterModel {
  /// Gives every bond the largest K, N and L: base functions exist for all of them, coefficients of the added ones are zero.
  /// - Throws: `Failure.input` at `value` where that would make too many coefficients.
  static func padded(_ bonds: [BondBasis], at value: YAMLValue) throws -> [BondBasis] {
    let count = bonds.map(\.baseCount).max() ?? 0, radial = bonds.map(\.radialCount).max() ?? 0
    let maximumL = bonds.map(\.maximumL).max() ?? 0
    guard radial * (maximumL + 1) * count * bonds.count <= ClusterLimits.coefficients else {
      throw value.failure("the bonds have too many radial functions together")
    }
    return bonds.map { bond in
      var wide = bond
      (wide.baseCount, wide.radialCount, wide.maximumL) = (count, radial, maximumL)
      if case .aceJulia(var basis) = bond.radial {
        let missing = [Double](repeating: 0, count: count - basis.a.count)
        (basis.a, basis.b, basis.c) = (basis.a + missing, basis.b + missing, basis.c + missing)
        wide.radial = .aceJulia(basis)
        return wide
      }
      wide.coefficients = [Double](repeating: 0, count: radial * (maximumL + 1) * count)
      for n in 0..<bond.radialCount {
        for l in 0...bond.maximumL {
          for k in 0..<bond.baseCount {
            wide.coefficients[(n * (maximumL + 1) + l) * count + k] =
              bond.coefficients[(n * (bond.maximumL + 1) + l) * bond.baseCount + k]
          }
        }
      }
      return wide
    }
  }
}
