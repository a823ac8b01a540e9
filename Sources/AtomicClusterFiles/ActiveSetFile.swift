import Atomistics
import Diagnostics
import Foundation
import Numerics

/// The inverses of the active sets of a potential, one for each element.
///
/// Linear: γ = max_c |Σ_f B_f (A⁻¹)_fc|. Full: the same with v_pf = w_p F′(ρ_p) B_f, p outermost, in the place of B_f
/// (before f_cut). Y. Lysogorskiy et al., Phys. Rev. Mater. 7, 043801 (2023).
public struct ClusterActiveSet: Sendable {
  public enum Kind: String, Sendable { case linear, full }

  public var kind: Kind
  /// A⁻¹ of each element: rows in the order of `ClusterModel.bBasis`, a column for each member of the set; square.
  public var inverses: [Element: DenseMatrix]

  public init(kind: Kind, inverses: [Element: DenseMatrix]) {
    self.kind = kind
    self.inverses = inverses
  }
}

/// `.asi` of pacemaker: a NumPy archive with the matrix `Li.npy` for the element Li, and so on.
public enum ActiveSetFile {
  /// - Parameter model: the potential that the set belongs to.
  /// - Throws: `Failure.input` where the file is damaged or belongs to another potential.
  public static func read(path: String, model: ClusterModel) throws -> ClusterActiveSet {
    try activeSet(bytes: readBytes(path), file: path, model: model)
  }

  /// The same from memory; `file` stands for the path in messages.
  public static func activeSet(bytes: [UInt8], file: String, model: ClusterModel) throws -> ClusterActiveSet {
    guard let basis = model.bBasis else {
      throw Failure.input(
        "this potential has no B basis, so an active set cannot grade it", at: Place(file: file),
        remedy: "use the .yaml that the .yace was made from")
    }
    // GRACE/FS knows linear sets only.
    let counts = zip(basis, model.centers).map {
      (linear: $0.count, full: model.isGrace ? $0.count : $0.count * $1.densityCount)
    }
    let largest = counts.map(\.full).max() ?? 0
    // A header beside the numbers is 64 KiB at most.
    let archive = try ZipArchive(
      bytes: bytes, file: file, members: model.elements.count, limit: 8 * largest * largest + 65_664)
    var inverses: [Element: DenseMatrix] = [:]
    for member in archive.members {
      let symbol = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
      guard let element = Element(symbol: symbol), model.elements.contains(element), inverses[element] == nil else {
        throw another("it has a matrix \"\(symbol.prefix(40))\" that the potential has no use for", file)
      }
      inverses[element] = try NumPyArray.matrix(member.content, name: member.name, file: file)
    }
    return ClusterActiveSet(kind: try kind(inverses, model, counts, file), inverses: inverses)
  }

  private static func kind(
    _ inverses: [Element: DenseMatrix], _ model: ClusterModel, _ counts: [(linear: Int, full: Int)], _ file: String
  ) throws -> ClusterActiveSet.Kind {
    var isLinear = true, isFull = true
    for (element, count) in zip(model.elements, counts) {
      guard let matrix = inverses[element] else { throw another("it lacks \(element)", file) }
      guard matrix.rows == matrix.columns, matrix.rows == count.linear || matrix.rows == count.full else {
        throw another(
          "the matrix of \(element) is \(matrix.rows) × \(matrix.columns), but the potential has \(count.linear) functions",
          file)
      }
      isLinear = isLinear && matrix.rows == count.linear
      isFull = isFull && matrix.rows == count.full
    }
    guard isLinear || isFull else { throw another("some of its matrices are linear, others are not", file) }
    return isLinear ? .linear : .full
  }

  private static func another(_ message: String, _ file: String) -> Failure {
    .input(
      "this active set belongs to another potential: \(message)", at: Place(file: file),
      remedy: "give the .asi that was made with this potential, or make one from its training set")
  }

  /// What `write` writes: members in the order of the elements' symbols, stored.
  public static func bytes(of set: ClusterActiveSet) -> [UInt8] {
    ZipArchive(
      members: set.inverses.sorted { $0.key.symbol < $1.key.symbol }.map {
        .init(name: "\($0.key.symbol).npy", content: NumPyArray.bytes(of: $0.value))
      }
    ).bytes
  }

  /// Writes a file that pacemaker and ML-PACE read; it appears at once and whole.
  public static func write(_ set: ClusterActiveSet, to path: String) throws {
    do {
      try Data(bytes(of: set)).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure.runtime(
        "the active set cannot be written: \(error.localizedDescription)", at: Place(file: path),
        remedy: "check the folder and the space on the disk")
    }
  }
}
