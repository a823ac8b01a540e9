import Atomistics
import Diagnostics

/// In which floating-point type a kernel computes.
public enum KernelPrecision: String, CaseIterable, Sendable, InputChoice {
  case double
  /// Float kernels, double accumulation.
  case mixed
}

/// How an atomic cluster expansion evaluates its functions of the distance.
public enum RadialEvaluation: String, CaseIterable, Sendable, InputChoice {
  /// By the splines that belong to the format.
  case table
  case exact
}

/// `file = "..."`: a potential file.
public struct PotentialFileInput: Sendable {
  public var file = Located("", at: Place(file: ""))
  /// The elements of the file's types 0, 1, ..., where it does not name them.
  public var species: Located<[Element]>?
  /// A file with the active set, for extrapolation grades.
  public var activeSet: Located<String>?
  public var precision = KernelPrecision.double
  public var radial: Located<RadialEvaluation>?
}

/// `kind = "eam"`: a setfl file.
public struct EmbeddedAtomInput: Sendable {
  public var file = Located("", at: Place(file: ""))
}

/// `plugin = "..."`: a third party's shared library.
public struct PluginInput: Sendable {
  public var plugin = Located("", at: Place(file: ""))
  /// What the library reads its parameters from.
  public var file: Located<String>?
  public var species: Located<[Element]>?
}

extension PotentialFileInput: InputTable {
  static let schema = Schema<PotentialFileInput>(
    sentence: "A potential file; its family (moment tensor potential, atomic cluster expansion) is read from it.",
    fields: [
      Field(required: "file", \.file, .located(.path), "The potential file (.mtp, .almtp, .yace, .yaml, .ace)."),
      Field(
        optional: "species", \.species, .located(.array(of: .element)),
        "Elements in the order of the file's types, where the file does not name them."),
      Field(optional: "active_set", \.activeSet, .located(.path), "File of the active set, for extrapolation grades."),
      Field("precision", \.precision, .choice, "mixed: kernels in single, sums in double precision."),
      Field(
        optional: "radial", \.radial, .located(.choice),
        "Radial functions of an atomic cluster expansion: from the format's tables (default), or exact, which is much slower."),
    ])
}

extension EmbeddedAtomInput: InputTable {
  static let schema = Schema<EmbeddedAtomInput>(
    sentence: "An embedded-atom potential.",
    fields: [Field(required: "file", \.file, .located(.path), "Its setfl file (LAMMPS's eam/alloy).")])
}

extension PluginInput: InputTable {
  static let schema = Schema<PluginInput>(
    sentence: "A potential in a shared library, through the C interface.",
    fields: [
      Field(required: "plugin", \.plugin, .located(.path), "The shared library."),
      Field(optional: "file", \.file, .located(.path), "The file that the library reads its parameters from."),
      Field(optional: "species", \.species, .located(.array(of: .element)), "Elements in the order of its types."),
    ])
}
